#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "imap/command.hpp"
#include "imap/response.hpp"
#include "proxy/fetch_collector.hpp"
#include "proxy/fetch_plan.hpp"
#include "proxy/mailbox.hpp"
#include "proxy/open_request.hpp"
#include "proxy/outgoing.hpp"
#include "proxy/own_tags.hpp"
#include "proxy/view_cache.hpp"

namespace proxy {

/// What a FetchTask works on: parts of its session's Exchange, which outlives it.
struct FetchContext {
    Mailbox& mailbox;
    ViewCache& cache;
    Outgoing& to_client;
    std::string& to_server;
    OwnTags& tags;
    std::vector<OpenRequest>& open_requests;
    std::uint64_t& last_open_id;
    std::size_t max_message;
    smime::Errant errant;
    bool shows_signatures;
    std::optional<std::size_t> signed_status;  ///< as Exchange::Settings has it
    std::function<void(imap::Uid, const MessageItems&)> learn_keywords;
    /// Tells a message's UID to whoever shows it to a client that has not asked for it.
    std::function<void(imap::SequenceNumber, imap::Uid)> note_uid;
};

/// FetchTask carries out one FETCH command whose answers depend on content and are not whole
/// messages (design, chapter 3). It runs alone: no other command is with the server meanwhile.
///
///     list:  client's command + UID, BODYSTRUCTURE ─► ordinary: on at once; candidates: noted
///     probe: UID, BODYSTRUCTURE ─► ordinary: client's command for them; candidates: noted
///     then:  candidates with a view at hand: server's items; others: server's items and
///     BODY.PEEK[], in batches then:  those that did not open: the client's items, from the server
///     as they are then:  the client's tagged response
class FetchTask {
public:
    /// Sends the first command. probe false: list.
    FetchTask(FetchContext context, imap::FetchCommand command, std::string original, bool probe);

    /// How the FETCH responses that come now are to be collected; nothing: they stream on.
    std::optional<FetchCollector::Mode> collects() const;
    /// A FETCH response that was collected.
    void on_fetch(CollectedFetch collected);
    /// A message was larger than it may be, and dropped.
    void on_too_large(std::optional<imap::Uid> uid);
    /// True if this tag is the one whose response the task waits for: the client's command's or its
    /// own.
    bool awaits(std::string_view tag) const;
    void on_tagged(std::string_view line, const imap::Response& response);
    /// What the client is told of progress that the server makes with a command of ours (RFC 9585):
    /// that its own goes on, not how far.
    std::string progress() const;
    /// A message of ours has been opened, or not.
    void on_opened(const OpenResult& result);
    /// Goes on if it only waited for messages to be opened. Called between two responses of the
    /// server, since it may answer.
    void advance();

    /// Lets the other answers of a listing go ahead of its candidates, if too much waits for them
    /// already: the server must be read on.
    void bound_what_waits();
    /// The same whatever waits: the server has gone, and what it had said goes to the client.
    void give_up_places();

    bool is_opening() const { return !opening_.empty(); }
    bool done() const { return step_ == Step::done; }

private:
    enum class Step {
        list,
        probe,
        ordinary,  ///< the client's command for ordinary messages, forwarded; its FETCH responses
                   ///< stream
        at_hand,   ///< server's items of candidates whose views are at hand
        messages,  ///< candidates are fetched and opened
        as_they_are,  ///< the client's items of candidates that did not open
        done,
    };
    struct Candidate {
        imap::SequenceNumber number;
        imap::Uid uid;
        std::uint64_t octets = 0;
        bool with_flags = false;
        /// Of a listing: the place of its answer among the others.
        std::optional<Outgoing::Slot> slot;
    };

    // fetch_task.cpp; what is about fetched and opened messages: fetch_task_messages.cpp
    void on_list(const CollectedFetch& collected, const imap::FetchResponse& response);
    void on_probe(const CollectedFetch& collected, const imap::FetchResponse& response);
    void on_at_hand(const CollectedFetch& collected, const imap::FetchResponse& response);
    void on_message(CollectedFetch collected, const imap::FetchResponse& response);
    void on_client_tagged(std::string_view line);
    void on_own_tagged(std::string_view line, imap::Response::Condition condition,
                       std::string_view code);
    bool know_all();
    void after_probe();
    void ask();
    void answer_at_hand();
    bool answer_without_server();
    void next_batch();
    void after_messages();
    void finish();
    void learn(const imap::FetchResponse& response, imap::Uid uid, bool is_candidate);
    void note(const imap::FetchResponse& response, imap::Uid uid, std::uint64_t octets);
    void give_up_place(Candidate& candidate);
    void leave_as_it_is(Candidate candidate);
    std::string compose(const imap::FetchResponse& response, const MessageItems& view);
    void remember_status(std::string_view line, bool ok);
    std::string new_tag() { return own_tag_ = context_.tags.next(); }
    void add(imap::SequenceSet& set, const Candidate& candidate) const;
    SharedItems view_of(imap::Uid uid) const;

    FetchContext context_;
    imap::FetchCommand command_;
    std::string original_;
    imap::FetchCommand for_some_;  ///< the client's command for a part of its messages
    std::vector<imap::MessageDataItemName> content_items_;
    std::vector<imap::DataItem> unasked_;  ///< what we ask of the server and the client did not
    bool probes_;
    bool tells_vanished_ = false;  ///< the first command of ours has VANISHED, and no further one
    Step step_;
    std::string own_tag_;            ///< of the command of ours that is with the server
    std::string tagged_line_;        ///< what the client's command is answered by, in the end
    bool failed_ = false;            ///< it says NO or BAD
    bool unknown_encoding_ = false;  ///< a view could not answer BINARY

    imap::SequenceSet to_ask_;  ///< messages of this step that the server is yet to be asked for
    std::vector<Candidate> candidates_;  ///< whose messages are to be fetched
    std::size_t next_candidate_ = 0;
    std::map<std::uint32_t, SharedItems> at_hand_;  ///< by UID: candidates whose views are at hand
    std::vector<Candidate> at_hand_candidates_;
    std::map<std::uint32_t, Candidate> awaited_;  ///< by UID: of the batch, not answered yet
    std::map<std::uint64_t, Candidate> opening_;  ///< by the OpenRequest's id; each has a slot
    std::vector<Candidate> as_they_are_;
    bool batch_over_ = true;
};

}  // namespace proxy
