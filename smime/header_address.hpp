#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace smime {

/// Address is one element of an address list (RFC 5322, 3.4). A group begins with one that has only
/// a mailbox, which is the group's name, and ends with one that has nothing.
struct Address {
    std::optional<std::string> name;
    std::optional<std::string> route;  ///< "@one,@two" (RFC 5322, 4.4)
    std::optional<std::string> mailbox;
    std::optional<std::string> domain;
    bool operator==(const Address&) const = default;
};

/// Reads an address list as Dovecot does, so that an ENVELOPE of ours equals a server's on
/// malformed input too: what is missing is filled in with words as MISSING_DOMAIN; what stands
/// behind a mistake that can't be mended is left out. Linear in time.
std::vector<Address> read_addresses(std::string_view value);

}  // namespace smime
