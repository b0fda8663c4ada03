#pragma once

#include <string>
#include <string_view>

namespace smime {

/// Text with its encoded words (RFC 2047) undone, wherever in it they stand: what a reader may see.
/// Octets stay in their charset. charset_hides is set if there is one of a charset whose octets do
/// not show ASCII for what it is (UTF-7, UTF-16 …).
std::string without_encoded_words(std::string_view text, bool& charset_hides);

}  // namespace smime
