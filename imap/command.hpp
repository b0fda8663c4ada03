#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "imap/fetch.hpp"
#include "imap/sequence_set.hpp"

namespace imap {

/// Command is the head of a client's command: what its first line says, as far as every command
/// says it alike. Views point into the line.
struct Command {
    std::string_view tag;
    std::string name;            ///< upper case; "UID FETCH" and the like are one name
    std::string_view arguments;  ///< behind the name and its space, without the line end
};

/// Reads "tag SP command". Nothing if the line is not one (it is forwarded, and the server judges).
std::optional<Command> read_command(std::string_view line);

/// A FETCH or UID FETCH, read in full (RFC 9051, 6.4.5 and 6.4.9; RFC 4466 modifiers).
struct FetchCommand {
    std::string tag;
    bool by_uid = false;
    SequenceSet set;
    std::vector<MessageDataItemName> items;  ///< ALL, FAST and FULL are expanded (RFC 3501, 6.4.5)
    std::string modifiers;                   ///< "(CHANGEDSINCE 7)" as asked, or empty
};

/// Reads a whole FETCH command, its literals in place. Nothing if it is none or can't be read.
std::optional<FetchCommand> read_fetch_command(std::string_view message);

/// Reads "(item item …)" as a command names items, at least one. Nothing, and the cursor where it
/// was, if none stands here.
std::optional<std::vector<MessageDataItemName>> read_message_data_item_names(Cursor& in);

/// The mailbox of SELECT or EXAMINE, or nothing.
std::optional<std::string> read_selected_mailbox(std::string_view message);

/// The mailbox that messages are put into by APPEND, COPY, MOVE or REPLACE, by UID or not; the
/// command may go on. Nothing if it is none of these, or the mailbox has not come in full.
std::optional<std::string> read_destination_mailbox(std::string_view message);

/// The two mailboxes of a RENAME, or nothing.
std::optional<std::pair<std::string, std::string>> read_rename(std::string_view message);

/// The names that an ENABLE asks for, upper case (RFC 9051, 6.3.1).
std::vector<std::string> read_enable(std::string_view message);

}  // namespace imap
