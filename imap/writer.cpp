#include "imap/writer.hpp"

#include <algorithm>

namespace imap {
namespace {

/// Beyond so many escapes a literal is shorter; Dovecot draws the line here too.
constexpr int escapes_of_a_quoted = 4;

///     QUOTED-CHAR = <any TEXT-CHAR except quoted-specials> / "\" quoted-specials
///
/// Octets above 127 would need UTF8=ACCEPT (RFC 6855), which the client may not have enabled.
bool fits_quoted(std::string_view octets) {
    int escapes = 0;
    for (const char c : octets) {
        if (c == '\r' || c == '\n' || c == '\0' || static_cast<unsigned char>(c) > 0x7f)
            return false;
        if ((c == '"' || c == '\\') && ++escapes > escapes_of_a_quoted) return false;
    }
    return true;
}

bool fits_quoted_unescaped(std::string_view octets) {
    return fits_quoted(octets) && octets.find_first_of("\"\\") == std::string_view::npos;
}

bool is_white_space(char c) {
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

}  // namespace

void Writer::number(std::uint64_t value) {
    out_ += std::to_string(value);
}

void Writer::quoted_or_literal(std::string_view octets) {
    if (!fits_quoted(octets)) return literal(octets);
    out_ += '"';
    for (const char c : octets) {
        if (c == '"' || c == '\\') out_ += '\\';
        out_ += c;
    }
    out_ += '"';
}

void Writer::literal(std::string_view octets) {
    out_ += '{';
    number(octets.size());
    out_ += "}\r\n";
    out_ += octets;
}

void Writer::text_for_people(std::string_view text) {
    std::string shown;
    for (const char c : text) {
        if (!is_white_space(c))
            shown += c == '\0' ? '\x80' : c;
        else if (!shown.empty() && !shown.ends_with(' '))
            shown += ' ';
    }
    if (shown.ends_with(' ')) shown.pop_back();
    // Dovecot quotes only what it has not changed and need not escape.
    if (shown.empty() || (shown == text && fits_quoted_unescaped(shown)))
        quoted_or_literal(shown);
    else
        literal(shown);
}

void Writer::unfolded(std::string_view text) {
    std::string line;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '\r' && text[i] != '\n')
            line += text[i];
        else if (i + 1 < text.size() && !is_white_space(text[i + 1]))
            line += ' ';
    }
    quoted_or_literal(line);
}

/// At least doubles what is reserved, so that many small messages do not each copy the whole.
void Writer::reserve_more(std::size_t octets) {
    const auto needed = out_.size() + octets;
    if (needed > out_.capacity()) out_.reserve(std::max(needed, 2 * out_.capacity()));
}

}  // namespace imap
