#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "imap/fetch.hpp"

namespace imap {

/// NotifyCommand is a NOTIFY, as far as content depends on it (RFC 5465): which items of new
/// messages the server is to send unasked.
struct NotifyCommand {
    struct Items {
        std::vector<MessageDataItemName> names;
        std::size_t offset = 0;  ///< of "(…)" in the command
        std::size_t size = 0;
    };
    std::string tag;
    std::vector<Items> of_new_messages;  ///< in order: of each MessageNew that has items
};

/// Reads a whole command, its literals in place. Nothing if it is none or can't be read.
std::optional<NotifyCommand> read_notify_command(std::string_view message);

}  // namespace imap
