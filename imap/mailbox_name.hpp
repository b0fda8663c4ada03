#pragma once

#include <string>
#include <string_view>

namespace imap {

/// A mailbox's name in the one form that all ways of writing it have: INBOX in upper case
/// (RFC 9051, 5.1), others in UTF-8, whether modified UTF-7 was used (RFC 3501, 5.1.3) or UTF-8
/// (RFC 6855, 3). A name that is not of modified UTF-7 stays as it is.
std::string mailbox_name(std::string_view octets);

}  // namespace imap
