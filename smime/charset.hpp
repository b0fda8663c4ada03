#pragma once

#include <string_view>

#include "smime/wiped_text.hpp"

namespace smime {

/// Text of any charset (RFC 2046, 4.1.2) in UTF-8. A byte order mark counts for more than the name,
/// as in browsers. Names that are unknown, and none, mean UTF-8, or windows-1252 if the octets are
/// no UTF-8. What is no character becomes U+FFFD.
WipedText to_utf8(std::string_view octets, std::string_view charset);

/// The name that HTML gives to its own charset near its beginning (WHATWG HTML, 13.2.3.2:
/// "prescan"), or nothing.
std::string_view charset_named_in_html(std::string_view html);

}  // namespace smime
