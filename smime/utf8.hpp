#pragma once

#include <cstdint>
#include <string_view>

namespace smime {

inline constexpr std::uint32_t replacement_character = 0xfffd;

/// Takes one character (RFC 3629, 4) from the head of text, which is not empty: the replacement
/// character, and one octet, for what is no UTF-8.
std::uint32_t take_utf8_character(std::string_view& text);

bool is_utf8(std::string_view text);

}  // namespace smime
