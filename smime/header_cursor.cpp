#include "smime/header_cursor.hpp"

#include <array>

namespace smime {
namespace {

// RFC 5322, 3.2.3, atext. Octets beyond ASCII count as letters, as UTF-8 headers (RFC 6532) and
// most mailers have it.
constexpr auto atext = [] {
    std::array<bool, 256> is{};
    for (unsigned c = '0'; c <= '9'; ++c) is[c] = true;
    for (unsigned c = 'A'; c <= 'Z'; ++c) is[c] = true;
    for (unsigned c = 'a'; c <= 'z'; ++c) is[c] = true;
    for (unsigned c = 128; c < 256; ++c) is[c] = true;
    for (const char c : std::string_view{"!#$%&'*+-/=?^_`{|}~"})
        is[static_cast<unsigned char>(c)] = true;
    return is;
}();

bool is_atext(char c) {
    return atext[static_cast<unsigned char>(c)];
}

// RFC 2045, 5.1: a token ends where atext does, and at these.
bool is_token(char c) {
    return (is_atext(c) && c != '/' && c != '=' && c != '?') || c == '.';
}

bool is_blank(char c) {
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

bool is_line_end(char c) {
    return c == '\r' || c == '\n';
}

}  // namespace

bool HeaderCursor::at_atext() const {
    return !at_end() && is_atext(value_[position_]);
}

// A CR or LF can't be quoted: the backslash before it stands for itself. A fold goes, but the blank
// that follows it stays.
HeaderCursor::Next HeaderCursor::enclosed(char close, std::string& text) {
    auto start = ++position_;
    const auto take = [&] { text.append(value_, start, position_ - start); };
    for (std::size_t depth = 1; position_ < value_.size(); ++position_) {
        const char c = value_[position_];
        if (c == close && --depth == 0) {
            take();
            ++position_;
            return Next::text;
        }
        if (c == '(' && close == ')') ++depth;
        if (c == '\n') {
            take();
            if (text.ends_with('\r')) text.pop_back();
            start = position_ + 1;
        }
        if (c != '\\') continue;
        if (position_ + 1 == value_.size()) break;
        take();
        start = is_line_end(value_[position_ + 1]) ? position_ : ++position_;
    }
    position_ = value_.size();
    return Next::malformed;
}

HeaderCursor::Next HeaderCursor::skip_cfws() {
    while (!at_end()) {
        if (is_blank(value_[position_]))
            ++position_;
        else if (value_[position_] != '(')
            break;
        else {
            last_comment_.clear();
            if (enclosed(')', last_comment_) == Next::malformed) return Next::malformed;
        }
    }
    return at_end() ? Next::end : Next::text;
}

HeaderCursor::Next HeaderCursor::atom(std::string& text) {
    if (!at_atext()) return Next::malformed;
    const auto start = position_;
    while (at_atext()) ++position_;
    text.append(value_, start, position_ - start);
    return at_end() ? Next::end : skip_cfws();
}

// RFC 822 allows blanks around the dots.
HeaderCursor::Next HeaderCursor::dot_atom(std::string& text) {
    for (;;) {
        if (!at_atext()) return Next::malformed;
        const auto start = position_;
        while (at_atext()) ++position_;
        text.append(value_, start, position_ - start);
        if (at_end()) return Next::end;
        if (const auto next = skip_cfws(); next != Next::text) return next;
        if (!at('.')) return Next::text;
        ++position_;
        text += '.';
        skip_cfws();
    }
}

// obs-local-part; any number of dots, as mailers write them.
HeaderCursor::Next HeaderCursor::local_part(std::string& text) {
    auto next = Next::malformed;
    do {
        for (; at('.'); ++position_) {
            text += '.';
            next = Next::text;
        }
        if (at_end()) return next == Next::text ? Next::end : next;
        if (at('@')) break;
        next = atom(text);
    } while (next == Next::text && at('.'));
    return next;
}

HeaderCursor::Next HeaderCursor::token(std::string& text) {
    const auto start = position_;
    while (!at_end() && is_token(value_[position_])) ++position_;
    text.append(value_, start, position_ - start);
    return at_end() ? Next::end : skip_cfws();
}

HeaderCursor::Next HeaderCursor::quoted_string(std::string& text) {
    return enclosed('"', text) == Next::malformed ? Next::malformed : skip_cfws();
}

HeaderCursor::Next HeaderCursor::atoms_and_dots(std::string& text) {
    const auto start = position_;
    while (at_atext() || at('.')) ++position_;
    text.append(value_, start, position_ - start);
    return at_end() ? Next::end : skip_cfws();
}

HeaderCursor::Next HeaderCursor::phrase(std::string& text) {
    if (at_end()) return Next::end;
    if (at('.')) return Next::malformed;
    for (;;) {
        const auto next = at('"') ? quoted_string(text) : atoms_and_dots(text);
        if (next != Next::text) return next;
        if (!at_atext() && !at('"') && !at('.')) return Next::text;
        text += ' ';
    }
}

HeaderCursor::Next HeaderCursor::domain(std::string& text) {
    ++position_;
    if (skip_cfws() != Next::text) return Next::malformed;
    return at('[') ? domain_literal(text) : dot_atom(text);
}

HeaderCursor::Next HeaderCursor::domain_literal(std::string& text) {
    for (; position_ < value_.size(); ++position_) {
        const char c = value_[position_];
        if (!is_line_end(c)) text += c;
        if (c == ']') {
            ++position_;
            return skip_cfws();
        }
        if (c == '\\' && position_ + 1 < value_.size()) text += value_[++position_];
    }
    return Next::malformed;
}

HeaderCursor::Next HeaderCursor::raw_value(std::string& text) {
    const auto start = position_;
    while (!at_end() && !at(';') && !is_blank(value_[position_])) ++position_;
    text.append(value_, start, position_ - start);
    return Next::text;
}

}  // namespace smime
