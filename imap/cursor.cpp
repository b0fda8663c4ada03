#include "imap/cursor.hpp"

#include <algorithm>
#include <limits>

#include "imap/characters.hpp"
#include "imap/letter_case.hpp"
#include "imap/limits.hpp"

namespace imap {
namespace {

/// The beginning of text of which every octet is of the class.
template <class Class>
std::string_view run(std::string_view text, Class is_of_class) {
    const auto end = std::find_if_not(text.begin(), text.end(), is_of_class);
    return text.substr(0, static_cast<std::size_t>(end - text.begin()));
}

bool is_scalar_char(char c) {
    return std::string_view{" ()\"\r\n\0", 7}.find(c) == std::string_view::npos;
}

}  // namespace

bool Cursor::special(char c) {
    if (!rest_.starts_with(c)) return false;
    rest_.remove_prefix(1);
    return true;
}

bool Cursor::sp() {
    return special(' ');
}

bool Cursor::crlf() {
    if (rest_ != "\r\n" && rest_ != "\n") return false;
    rest_ = {};
    return true;
}

bool Cursor::keyword(std::string_view word) {
    if (rest_.size() < word.size() || !starts_with_in_any_case(rest_, word)) return false;
    if (rest_.size() > word.size() && is_atom_char(rest_[word.size()])) return false;
    rest_.remove_prefix(word.size());
    return true;
}

std::optional<std::string_view> Cursor::atom() {
    const auto atom = run(rest_, is_atom_char);
    if (atom.empty()) return std::nullopt;
    rest_.remove_prefix(atom.size());
    return atom;
}

std::optional<std::string_view> Cursor::tag() {
    const auto tag = run(rest_, [](char c) { return is_astring_char(c) && c != '+'; });
    if (tag.empty()) return std::nullopt;
    rest_.remove_prefix(tag.size());
    return tag;
}

std::optional<std::uint32_t> Cursor::number() {
    Cursor ahead = *this;
    const auto number = ahead.number64();
    if (!number || *number > std::numeric_limits<std::uint32_t>::max()) return std::nullopt;
    *this = ahead;
    return static_cast<std::uint32_t>(*number);
}

std::optional<std::uint32_t> Cursor::nz_number() {
    Cursor ahead = *this;
    const auto number = ahead.number();
    if (!number || *number == 0) return std::nullopt;
    *this = ahead;
    return number;
}

std::optional<std::uint64_t> Cursor::number64() {
    constexpr std::uint64_t largest = std::numeric_limits<std::int64_t>::max();
    const auto digits = run(rest_, is_digit);
    if (digits.empty()) return std::nullopt;
    std::uint64_t number = 0;
    for (const char c : digits) {
        const auto digit = static_cast<std::uint64_t>(c - '0');
        if (number > (largest - digit) / 10) return std::nullopt;
        number = number * 10 + digit;
    }
    rest_.remove_prefix(digits.size());
    return number;
}

/// A backslash makes any octet mean itself, as Dovecot reads it, not only the quoted-specials.
std::optional<std::string> Cursor::quoted() {
    if (!rest_.starts_with('"')) return std::nullopt;
    std::string value;
    for (std::size_t i = 1; i < rest_.size(); ++i) {
        char c = rest_[i];
        if (c == '"') {
            rest_.remove_prefix(i + 1);
            return value;
        }
        if (c == '\\' && ++i < rest_.size()) c = rest_[i];
        if (c == '\r' || c == '\n' || c == '\0') return std::nullopt;
        value += c;
    }
    return std::nullopt;
}

std::optional<std::string_view> Cursor::literal() {
    Cursor ahead = *this;
    ahead.special('~');
    if (!ahead.special('{')) return std::nullopt;
    const auto octets = ahead.number64();
    if (!octets) return std::nullopt;
    ahead.special('+');
    if (!ahead.special('}')) return std::nullopt;
    ahead.special('\r');
    if (!ahead.special('\n') || ahead.rest_.size() < *octets) return std::nullopt;
    const auto literal = ahead.rest_.substr(0, static_cast<std::size_t>(*octets));
    rest_ = ahead.rest_.substr(literal.size());
    return literal;
}

std::optional<std::string> Cursor::string() {
    if (auto value = quoted()) return value;
    if (const auto value = literal()) return std::string{*value};
    return std::nullopt;
}

std::optional<std::string> Cursor::astring() {
    const auto value = run(rest_, is_astring_char);
    if (value.empty()) return string();
    rest_.remove_prefix(value.size());
    return std::string{value};
}

std::optional<std::optional<std::string>> Cursor::nstring() {
    if (keyword("NIL")) return std::optional<std::string>{};
    if (auto value = string()) return value;
    return std::nullopt;
}

std::optional<std::string_view> Cursor::any_value() {
    Cursor ahead = *this;
    if (rest_.starts_with('(')) {
        if (ahead.rest_of_lists(0) != 0) return std::nullopt;
    } else if (!ahead.any_scalar()) {
        return std::nullopt;
    }
    const auto value = rest_.substr(0, rest_.size() - ahead.rest_.size());
    *this = ahead;
    return value;
}

std::optional<int> Cursor::rest_of_lists(int open) {
    Cursor ahead = *this;
    do {
        if (ahead.special('(')) {
            if (++open > limits::nesting) return std::nullopt;
        } else if (ahead.special(')')) {
            --open;
        } else if (!ahead.sp() && !ahead.any_scalar()) {
            return std::nullopt;
        }
    } while (open > 0 && !ahead.at_end());
    *this = ahead;
    return open;
}

bool Cursor::any_scalar() {
    if (literal()) {
        // Right behind a literal, "~{3}" could be the end of its octets and "{3}".
        return at_end() || std::string_view{" ()\r\n"}.find(rest_.front()) != rest_.npos;
    }
    if (rest_.starts_with('"')) return skip_quoted();
    const auto octets = run(rest_, is_scalar_char);
    if (octets.empty()) return false;
    // A literal that is not all here is no atom.
    const auto behind = rest_.substr(octets.size());
    if ((behind.starts_with("\r\n") || behind.starts_with('\n')) && octets.ends_with('}'))
        return false;
    rest_.remove_prefix(octets.size());
    return true;
}

bool Cursor::skip_quoted() {
    for (std::size_t i = 1; i < rest_.size(); ++i) {
        const char c = rest_[i];
        if (c == '"') {
            rest_.remove_prefix(i + 1);
            return true;
        }
        if (c == '\r' || c == '\n' || c == '\0') return false;
        if (c == '\\') ++i;
    }
    return false;
}

}  // namespace imap
