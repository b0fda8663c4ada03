#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace smime {

/// A label of a domain as DNS has it: ASCII in lower case, anything else as an A-label (RFC 5890,
/// 2.3.2.1; RFC 3492). No other mapping is done: a label that is not in its normal form becomes the
/// A-label of another name. Nothing for what is no UTF-8, or longer than 63 octets (RFC 1035).
std::optional<std::string> a_label(std::string_view label);

}  // namespace smime
