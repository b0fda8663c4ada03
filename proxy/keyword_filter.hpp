#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "imap/flag_list.hpp"
#include "imap/framer.hpp"
#include "proxy/keyword_store.hpp"
#include "proxy/limits.hpp"
#include "proxy/selected_mailbox.hpp"

namespace proxy {

/// KeywordFilter is the last that a client's octets go through: it takes flags out that look like
/// our keywords and puts the messages' own in (design, chapter 5). FETCH responses, FLAGS and
/// PERMANENTFLAGS are rewritten, everything else passes octet for octet. The keywords are announced
/// once a message of the mailbox has one, so that a mailbox without S/MIME is the server's own.
/// What is known is known by UID: those that the client is not told come as note() writes them.
class KeywordFilter {
public:
    /// store null: flags are only taken out. It must outlive the filter. Lines that begin with
    /// note_mark are notes; nobody else must be able to guess it.
    KeywordFilter(KeywordStore* store, std::string note_mark)
        : store_{store}, note_mark_{std::move(note_mark)} {}

    /// A line for the client's stream that tells the filter which UID a number means at that place
    /// of the stream, and which it takes out; empty if nobody needs it, or there is no number.
    std::string note(imap::SequenceNumber number, imap::Uid uid) const;

    /// The client selects a mailbox, or leaves it.
    void on_select(std::string_view tag, std::optional<std::string> mailbox) {
        mailbox_.on_command(tag, std::move(mailbox));
        announced_ = false;
    }
    /// Rewrites octets that go to the client: whole frames, in order.
    void rewrite(std::string& octets);

private:
    /// What is to be sent in a frame's place, or nothing: the frame.
    std::optional<std::string> rewritten(const imap::Frame& frame);
    std::optional<std::string> on_first_line(std::string_view line);
    std::optional<std::string> with_keywords(std::string_view line, bool may_announce);
    std::string announcement();
    Keywords keywords_of_message();
    bool read_note(std::string_view line);
    void learn(imap::SequenceNumber number, imap::Uid uid);

    KeywordStore* store_;
    std::string note_mark_;
    imap::Framer framer_{imap::Side::server, limits::list_response};
    SelectedMailbox mailbox_;
    imap::FetchFlagsReader fetch_;
    std::size_t held_ = 0;  ///< octets of the framer's that are part of no frame yet
    bool in_fetch_ = false;
    bool unread_ = false;          ///< the response had a line that is too long to be read
    std::vector<imap::Uid> uids_;  ///< by sequence number - 1, as the client counts
    bool announced_ = false;       ///< the keywords of the mailbox that is selected
    std::string flags_ = "()";     ///< what FLAGS said last, without ours
    std::string permanent_flags_;  ///< and PERMANENTFLAGS
};

}  // namespace proxy
