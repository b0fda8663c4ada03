#pragma once

#include <cstddef>

/// Every limit of this folder, with the reason for its number.
namespace imap::limits {

/// A line beyond this is forwarded unread. Thunderbird sends UID sets of some 10 kB for a ragged
/// mailbox of 10 000 messages; Dovecot's own limit for a client's line is 64 kB.
inline constexpr std::size_t line = 64 * 1024;

/// Nested parentheses in a response. Real body structures of 100 nested multiparts exist in tests
/// only.
inline constexpr int nesting = 100;

}  // namespace imap::limits
