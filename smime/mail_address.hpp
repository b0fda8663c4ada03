#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace smime {

/// MailAddress is an addr-spec (RFC 5322, 3.4.1; RFC 6532), taken apart for comparing (CERT-05).
struct MailAddress {
    std::string local_part;  ///< what a quoted string holds, not how it is written
    std::string domain;      ///< A-labels in lower case

    /// Reads all of text. Nothing for anything but one addr-spec without comments and blanks: a
    /// NUL or control, a local part above 64 or a domain above 255 octets, a domain literal (RFC
    /// 5321, 4.5.3.1).
    static std::optional<MailAddress> parse(std::string_view text);

    /// "alice@example.org", the local part quoted if it must be; for showing and comparing by eye.
    std::string text() const;

    /// Two local parts are the same if only the case of ASCII letters differs: who hands out
    /// Alice@ and alice@ to two people is not known to exist.
    bool operator==(const MailAddress& other) const;
};

}  // namespace smime
