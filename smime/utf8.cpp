#include "smime/utf8.hpp"

#include <cstddef>

namespace smime {

namespace {

/// The size of the character at the head of text, or 0 if there is none.
std::size_t read_character(std::string_view text, std::uint32_t& character) {
    const auto octet = [&](std::size_t at) {
        return at < text.size() ? static_cast<std::uint8_t>(text[at]) : std::uint8_t{0};
    };
    character = octet(0);
    if (character < 0x80) return 1;
    if (character < 0xc2 || character > 0xf4) return 0;
    const std::size_t size = character < 0xe0 ? 2 : character < 0xf0 ? 3 : 4;
    character &= 0x7fU >> size;
    for (std::size_t at = 1; at < size; ++at) {
        if ((octet(at) & 0xc0) != 0x80) return 0;
        character = character << 6 | (octet(at) & 0x3fU);
    }
    const bool overlong = (size == 3 && character < 0x800) || (size == 4 && character < 0x10000);
    const bool surrogate = character >= 0xd800 && character < 0xe000;
    return overlong || surrogate || character > 0x10ffff ? 0 : size;
}

}  // namespace

std::uint32_t take_utf8_character(std::string_view& text) {
    std::uint32_t character = 0;
    const std::size_t size = read_character(text, character);
    text.remove_prefix(size ? size : 1);
    return size ? character : replacement_character;
}

bool is_utf8(std::string_view text) {
    std::uint32_t character = 0;
    while (!text.empty()) {
        const std::size_t size = read_character(text, character);
        if (size == 0) return false;
        text.remove_prefix(size);
    }
    return true;
}

}  // namespace smime
