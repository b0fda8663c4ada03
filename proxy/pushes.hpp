#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "imap/command.hpp"
#include "imap/notify.hpp"
#include "proxy/limits.hpp"
#include "proxy/message_items.hpp"

namespace proxy {

/// PushedItems is what the server sends of each new message unasked, since a NOTIFY says so
/// (RFC 5465, 5.2). In IDLE nothing can be asked: so each such response brings the whole message,
/// from which its view is made, and a mark by which it is known among the answers to a FETCH. The
/// mark is an octet of the text that no message reaches to. (A header field that no message has
/// would do, but Dovecot 2.3 dies of any in a NOTIFY once another mailbox is selected.)
class PushedItems {
public:
    PushedItems(std::vector<imap::MessageDataItemName> names, std::uint32_t mark);

    /// "(…)" for the server, in place of the client's.
    std::string list() const;
    /// True if the line, of a FETCH response, has the mark.
    bool marks(std::string_view line) const;
    bool is_mark(const imap::MessageDataItem& item) const;
    bool has_uid() const;      ///< the client asks for the UID
    bool has_message() const;  ///< the client asks for the whole message

    /// The response with what the client has asked for, as the server has it; empty if it is
    /// nothing.
    std::string without_added(std::string_view response, const imap::FetchResponse& parsed) const;
    /// The same from the view.
    std::string compose(const imap::FetchResponse& server, const MessageItems& view) const;

private:
    imap::FetchCommand command_;  ///< for its items
    std::uint32_t mark_;          ///< offset into the text
};

/// Pushes are the PushedItems that may come: of the NOTIFY in force, and of those that the server
/// has not answered yet.
class Pushes {
public:
    /// What a NOTIFY is to be for the server; the client's own if nothing depends on content. May
    /// be several pieces (imap::command_pieces). Nothing if it asks for what is hidden.
    std::optional<std::string> on_command(std::string_view text, imap::NotifyCommand command);
    /// The answer to a NOTIFY, or to another command.
    void on_tagged(std::string_view tag, bool ok);

    bool any() const;
    /// Those whose mark the line of a FETCH response has, or null. Valid until on_tagged().
    const PushedItems* find(std::string_view line) const;

private:
    struct Notify {
        std::string tag;  ///< empty once it has been answered
        std::deque<PushedItems> items;
    };
    std::deque<Notify> notifies_;  ///< in order
    std::uint32_t last_mark_ = limits::mark;
};

}  // namespace proxy
