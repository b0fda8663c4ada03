#pragma once

#include <string_view>
#include <vector>

#include "proxy/mailbox.hpp"

namespace proxy {

/// MessageFingerprint tells whether two messages are the same but for what mail clients change in
/// their copies: line ends, blank lines at the end, and fields of their own in the header (Status,
/// X-Mozilla-*, X-Evolution-*, X-TUID and the like).
struct MessageFingerprint {
    MessageDigest header{};
    MessageDigest whole{};

    static MessageFingerprint of(std::string_view header, std::string_view body);
};

/// The fingerprint's part that needs no body. header may have its blank line, or not.
MessageDigest header_fingerprint(std::string_view header);

/// The identifiers in all fields of this name ("<…>", RFC 5322, 3.6.4). At most
/// limits::message_ids.
std::vector<std::string_view> message_ids(std::string_view header, std::string_view field_name);

}  // namespace proxy
