#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "imap/response.hpp"
#include "imap/search.hpp"
#include "imap/search_response.hpp"
#include "proxy/keywords.hpp"
#include "proxy/outgoing.hpp"
#include "proxy/own_tags.hpp"

namespace proxy {

/// What a SearchTask works on: parts of its session's Exchange, which outlives it.
struct SearchContext {
    Outgoing& to_client;
    std::string& to_server;
    OwnTags& tags;
    /// Of a message by its UID, or its number if the command counts so.
    std::function<Keywords(std::uint32_t)> keywords_of;
};

/// SearchTask carries out one SEARCH, SORT or THREAD that names our keywords (design, chapter 5).
/// It runs alone: no other command is with the server meanwhile.
///
/// The server knows none of them, and must not hear which messages have which (promise 4). So it is
/// asked for the program as it is for messages that have none of the keywords named, for messages
/// that have the first alone, and so on, each time of the whole mailbox: what it hears depends on
/// the client's command only. Here each message is looked up in the answer for the keywords that it
/// has. SORT and THREAD are asked besides, for the order of the messages of any answer.
class SearchTask {
public:
    /// Sends the first command.
    SearchTask(SearchContext context, imap::SearchCommand command);

    /// An untagged SEARCH, SORT, THREAD or ESEARCH response.
    void on_result(std::string_view response);
    /// The server waits for a literal. False: not for one of ours.
    bool on_continuation();
    bool awaits(std::string_view tag) const { return tag == own_tag_; }
    void on_tagged(std::string_view line, const imap::Response& response);

    bool done() const { return done_; }

private:
    using Case = unsigned;  ///< which of the keywords named a message has, by bits

    void plan();
    std::string order_command() const;
    std::string program_of(Case which) const;
    Case case_of(std::uint32_t number) const;
    void ask();
    void send_piece();
    void answer();
    void answer_numbers();
    void answer_threads();
    bool returns(std::string_view option) const;
    void refuse(std::string_view text);

    SearchContext context_;
    imap::SearchCommand command_;
    std::vector<std::string_view> named_;  ///< keywords of ours that the program names
    std::vector<std::string> commands_;    ///< yet to be asked, without tag; the last comes first
    std::vector<std::string> pieces_;      ///< of the command that is being sent; likewise
    std::string own_tag_;
    std::string refusal_;  ///< what is said in the end instead of an answer

    Case asked_ = 0;
    bool asks_order_ = false;
    std::set<std::uint32_t> found_;
    std::vector<std::uint32_t> order_;
    std::optional<imap::Threads> threads_;
    std::optional<std::uint64_t> modseq_;
    bool done_ = false;
};

}  // namespace proxy
