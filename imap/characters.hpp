#pragma once

#include <string_view>

/// The character classes of the formal syntax (RFC 9051, section 9).
namespace imap {

constexpr bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

constexpr bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

///     ATOM-CHAR = <any CHAR except atom-specials>
constexpr bool is_atom_char(char c) {
    return c > ' ' && c < 0x7f && std::string_view{"(){%*\"\\]"}.find(c) == std::string_view::npos;
}

///     ASTRING-CHAR = ATOM-CHAR / resp-specials
constexpr bool is_astring_char(char c) {
    return is_atom_char(c) || c == ']';
}

}  // namespace imap
