#pragma once

#include <string>
#include <string_view>

namespace smime {

/// Text with its encoded words (RFC 2047) undone, wherever in it they stand: what a reader may see.
/// Octets stay in their charset. charset_hides is set if there is one of a charset whose octets do
/// not show ASCII for what it is (UTF-7, UTF-16 …).
std::string without_encoded_words(std::string_view text, bool& charset_hides);

/// The same in UTF-8, as a reader sees it. What is said in a charset that hides ASCII, which nobody
/// uses there, becomes U+FFFD.
std::string decoded_text(std::string_view text, bool& charset_hides);

/// The text in encoded words of UTF-8, folded, none longer than 75 characters.
std::string encoded_words(std::string_view utf8);

}  // namespace smime
