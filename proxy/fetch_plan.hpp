#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "imap/command.hpp"

namespace proxy {

/// How a FETCH command is carried out (design, chapter 3). What the server is asked depends on what
/// the client asked and on what the messages are, never on what they say once opened (promise 4).
enum class FetchPlan {
    forward,  ///< nothing in it depends on content
    whole,    ///< asks for whole messages: forwarded as it is, the head of each literal tells
              ///< candidates
    list,     ///< header fields, sizes, structures: UID and BODYSTRUCTURE are added and tell
              ///< candidates
    probe,    ///< parts or partials, which could name what only a view has: the server is asked for
              ///< the structure first
    refuse,   ///< items of extensions that are hidden (SNIPPET)
};

FetchPlan plan_fetch(const imap::FetchCommand& command);

/// True if an item of the command sets \Seen.
bool sets_seen(const imap::FetchCommand& command);

/// True if all that the command asks of the content is PREVIEW (LAZY): then a message that is not
/// at hand need not be opened.
bool is_lazy(const imap::FetchCommand& command);

/// True if nothing that the command asks of the content is about the status fields of a view, but
/// for its size: then the server's answers about a message that is only signed are its view's.
bool is_apart_from_status(const imap::FetchCommand& command);

/// The command's modifiers for a part of its messages: without PARTIAL, by which the server has
/// chosen these (RFC 9394).
std::string modifiers_for_some(const imap::FetchCommand& command);

/// True if the command asks for this item.
bool asks_for(const imap::FetchCommand& command, imap::DataItem item);

/// True if the command asks for whole messages.
bool asks_for_message(const imap::FetchCommand& command);

/// What a server is to send of new messages: the command's items, and before them the UID and the
/// whole message where they are absent, and an octet of the text at that offset.
std::string pushed_list(const imap::FetchCommand& command, std::uint32_t mark);

/// The client's command with UID and BODYSTRUCTURE put before its items where they are absent.
std::string list_command(const imap::FetchCommand& command);

/// FETCH modifiers without VANISHED (RFC 7162, 3.2.6): what has gone is told once, and not again by
/// each command of ours.
std::string without_vanished(std::string_view modifiers);

/// "TAG FETCH set (UID BODYSTRUCTURE) modifiers", numbering and set as the client's.
std::string probe_command(const imap::FetchCommand& command, std::string_view tag);

/// The client's items, asked of the messages of another set. Like all commands here it is numbered
/// as the client's: during a FETCH by number the server may not announce an EXPUNGE, during a UID
/// FETCH it may (RFC 9051, 7.5.1).
std::string items_command(const imap::FetchCommand& command, std::string_view tag,
                          const imap::SequenceSet& set, bool with_flags);

/// What remains to ask of a server for candidates: the items that do not depend on content, and the
/// message itself.
enum class Body {
    none,  ///< the view is at hand
    seen,  ///< the view is at hand, and the command sets \Seen: one header field that every
           ///< candidate has
    peek,  ///< BODY.PEEK[]
    full,  ///< BODY[], since the command sets \Seen
};
std::string candidates_command(const imap::FetchCommand& command, std::string_view tag,
                               const imap::SequenceSet& set, Body body, bool with_flags);

/// The items of the command whose answers come from the view, each once.
std::vector<imap::MessageDataItemName> content_items(const imap::FetchCommand& command);

}  // namespace proxy
