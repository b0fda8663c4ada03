#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "imap/command.hpp"
#include "imap/framer.hpp"
#include "imap/response.hpp"
#include "proxy/append_command.hpp"
#include "proxy/epoch_filter.hpp"
#include "proxy/fetch_collector.hpp"
#include "proxy/fetch_task.hpp"
#include "proxy/keyword_filter.hpp"
#include "proxy/limits.hpp"
#include "proxy/mailbox.hpp"
#include "proxy/open_request.hpp"
#include "proxy/outgoing.hpp"
#include "proxy/own_tags.hpp"
#include "proxy/pushes.hpp"
#include "proxy/search_scanner.hpp"
#include "proxy/search_task.hpp"
#include "proxy/selected_mailbox.hpp"
#include "proxy/uid_probe.hpp"
#include "proxy/view_cache.hpp"

namespace proxy {

/// Exchange is one session's decisions: octets from either side in, octets for either side out, and
/// messages to be opened. No I/O, no clock, no thread.
///
/// Every frame is forwarded as it is, unless
///   - it is a capability list (imap/capability), or a command of an extension that is hidden
///   there;
///   - it is a FETCH whose answers depend on content (FetchPlan): one that asks for whole messages
///   is forwarded at once, and the head of
///     each literal in the answers tells candidates (FetchCollector); any other waits until no
///     command is with the server, and is then carried out alone (FetchTask), while the client's
///     further commands wait behind it;
///   - it is a SEARCH for keywords of ours: waits likewise (SearchTask);
///   - it is a FETCH by number of messages whose UIDs nobody knows yet: they are asked for first
///     (UidProbe);
///   - it is a NOTIFY that asks for content of new messages: more is asked for (Pushes);
///   - it belongs to a FETCH response with a candidate.
/// What is not understood is forwarded: the server judges.
class Exchange {
public:
    struct Settings {
        bool opens = true;            ///< false: nothing is opened, capabilities alone are filtered
        std::size_t max_message = 0;  ///< octets of a message that is opened
        smime::Errant errant = smime::Errant::leave;
        bool shows_signatures = false;        ///< of clear-signed mail, in fields of its view
        KeywordStore* keywords = nullptr;     ///< the account's; null: messages get none
        Epochs* epochs = nullptr;             ///< the account's; null: UIDVALIDITY is the server's
        const AppendRules* append = nullptr;  ///< for APPEND; null: every message passes
        bool compresses_client = false;       ///< COMPRESS=DEFLATE is offered (RFC 4978)
        bool compresses_server = false;       ///< and used, if the server offers it
        /// Octets by which the view of mail that is only signed is larger than the message; nothing
        /// if they are not known before it is opened.
        std::optional<std::size_t> signed_status = std::nullopt;
    };

    Exchange(Settings settings, ViewCache& cache, std::string own_tag_prefix);

    void from_client(std::string_view octets);
    void from_server(std::string_view octets);
    /// Nothing more comes from the server.
    void on_server_ended();
    void on_opened(OpenResult result);
    void on_append_decided(AppendResult result);

    std::string& to_client();
    std::string& to_server() { return to_server_; }
    std::vector<OpenRequest> take_open_requests();
    std::vector<AppendRequest> take_append_requests() {
        return std::exchange(append_requests_, {});
    }
    /// What is to be logged.
    std::vector<std::string> take_notices() { return std::exchange(notices_, {}); }

    /// Back-pressure: false while there is no room for more of that side's octets.
    bool reads_client() const;
    bool reads_server() const;
    /// True while something that the client has said is yet to be carried out.
    bool has_client_work() const { return gated() || !backlog_.empty(); }
    /// True while messages are being opened.
    bool awaits_opening() const { return !opening_.empty() || (task_ && task_->is_opening()); }

    bool authenticated() const { return authenticated_; }

    // exchange_compression.cpp
    /// Once the client's COMPRESS has been accepted: how much of to_client() is still to be sent
    /// plain. What comes behind it, and what the client says from now on, is compressed.
    std::optional<std::size_t> take_client_compression();
    /// Once the server has accepted ours: what it has said behind its OK, which is compressed.
    std::optional<std::string> take_server_compression();

private:
    enum class ClientMode { commands, idle, authenticating };
    enum class CommandKind { other, log_in, authenticate, select, close, idle, abandoned };
    struct WaitingFetch {
        imap::FetchCommand command;
        std::string original;
        FetchPlan plan = FetchPlan::list;
        bool knows_uids = false;  ///< or has asked for them, in vain
    };
    struct WaitingSearch {
        imap::SearchCommand command;
        bool knows_uids = false;
    };
    struct Opening {
        Outgoing::Slot slot = 0;
        std::optional<imap::Uid> uid;
        std::uint64_t selection = 0;        ///< in which the message came
        std::optional<PushedItems> pushed;  ///< it came for NOTIFY, and these of it are wanted
    };

    // exchange_client.cpp
    void drain_client();
    void on_client_frame(const imap::Frame& frame);
    void on_command_line(const imap::Frame& frame);
    void forward_unread(const imap::Frame& frame);
    void on_collected_command();
    void on_fetch_command();
    void on_enable_command();
    void forward_command(std::string_view octets, const imap::Command& command);
    void on_select(std::string_view tag, const std::optional<std::string>& mailbox);
    void reply(std::string_view tag, std::string_view text);
    bool gated() const {
        return runs_alone() || waiting_fetch_ || waiting_search_ || (append_ && append_->waits()) ||
               awaits_compression();
    }
    bool runs_alone() const { return task_ || search_ || uid_probe_; }
    void start_waiting();
    void start_waiting_fetch();
    bool needs_uids(const imap::FetchCommand& command, FetchPlan plan) const;
    bool all_at_hand(const imap::FetchCommand& command) const;
    void probe_uids(std::string_view set);
    FetchContext fetch_context();

    // exchange_append.cpp
    void on_append_frame(const imap::Frame& frame);
    bool append_takes_continuation();
    bool append_takes_tagged(std::string_view line, const imap::Response& response);
    void after_append();

    // exchange_search.cpp
    void on_search_frame(const imap::Frame& frame);
    void forward_search();
    void on_own_search();
    void abandon_search();
    void start_waiting_search();
    SearchContext search_context(bool by_uid);
    void on_search_response(const imap::Frame& frame);

    // exchange_notify.cpp
    void on_notify_command();
    void on_pushed(CollectedFetch collected, const PushedItems& items);

    // exchange_compression.cpp
    void on_compress_command();
    void advance_compression();
    bool is_quiet() const;
    bool on_compress_tagged(const imap::Response& response);
    std::string capability_line(std::string_view line, bool authenticated);
    bool awaits_compression() const {
        return !compress_tag_.empty() || !server_compress_tag_.empty();
    }

    // exchange_server.cpp
    void on_server_frame(const imap::Frame& frame);
    void on_response_line(const imap::Frame& frame);
    std::optional<FetchCollector::Mode> fetch_mode() const;
    void on_fetch_frame(const imap::Frame& frame);
    void on_collected_fetch(CollectedFetch collected);
    void on_tagged(std::string_view line, const imap::Response& response);
    void on_continuation();
    void on_completed(CommandKind kind, const imap::Response& response);
    void forget_mailbox();
    void between_responses();
    void learn_keywords(imap::Uid uid, const MessageItems& items);
    void note_uid(imap::SequenceNumber number, imap::Uid uid);
    bool opens() const { return settings_.opens && authenticated_; }

    Settings settings_;
    ViewCache& cache_;
    OwnTags tags_;
    EpochFilter epoch_filter_;
    imap::Framer client_framer_{imap::Side::client};
    imap::Framer server_framer_{imap::Side::server, limits::list_response};
    Outgoing to_client_;
    std::string to_server_;

    std::string backlog_;  ///< of the client, while gated
    ClientMode client_mode_ = ClientMode::commands;
    std::string client_mode_tag_;
    std::string collected_command_;  ///< a command that is read in full before it is acted on
    bool collecting_command_ = false;
    /// A SEARCH of which more is to come, and how much of it the server has already: up to each
    /// literal that it must be asked for, unless a keyword of ours has come before.
    std::optional<std::string> search_command_;
    std::size_t search_forwarded_ = 0;
    SearchScanner search_scanner_;
    std::uint64_t search_literal_ = 0;  ///< octets of the literal that the server waits for
    std::string command_tag_;           ///< of the command that the client's stream stands in
    bool asks_for_go_ahead_ =
        false;  ///< a synchronizing literal of it, which the server may refuse
    std::unordered_multimap<std::string, CommandKind> with_server_;  ///< by tag
    std::optional<WaitingFetch> waiting_fetch_;
    std::optional<FetchTask> task_;
    std::optional<WaitingSearch> waiting_search_;
    std::optional<SearchTask> search_;
    std::optional<std::string> search_response_;  ///< as far as it has come
    std::optional<UidProbe> uid_probe_;

    std::string compress_tag_;  ///< of the client's COMPRESS, which waits for quiet
    bool client_compressed_ = false;
    std::optional<std::size_t> client_plain_;
    std::string server_compress_tag_;  ///< of ours
    bool server_offers_compression_ = false;
    bool server_compression_asked_ = false;
    bool inside_command_ = false;  ///< the client's stream stands within a command
    std::optional<std::string> server_rest_;

    bool authenticated_ = false;
    bool greeted_ = false;
    bool inside_response_ = false;  ///< the server's stream stands within a response
    std::string replies_;           ///< ours, for the next place between two responses
    std::optional<FetchCollector> collector_;
    Pushes pushes_;
    Mailbox mailbox_;
    SelectedMailbox selected_;  ///< as the server has told
    KeywordFilter keyword_filter_;
    std::string filtered_;                 ///< for the client, through the filter
    bool in_append_ = false;               ///< the client's stream stands in an APPEND that passes
    bool in_search_ = false;               ///< or in a SEARCH, SORT or THREAD
    std::optional<AppendCommand> append_;  ///< one that is guarded
    bool append_begun_ = false;            ///< the server knows of it
    bool alerted_ = false;                 ///< the client, of plaintext
    std::vector<AppendRequest> append_requests_;
    std::vector<std::string> notices_;
    std::uint64_t selection_ = 0;  ///< counts the mailboxes that were selected
    std::unordered_map<std::uint64_t, Opening> opening_;
    std::uint64_t last_open_id_ = 0;
    std::vector<OpenRequest> open_requests_;
    std::size_t opening_octets_ = 0;
};

}  // namespace proxy
