#include "smime/mail_address.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>

#include "smime/encoded_word.hpp"
#include "smime/header.hpp"
#include "smime/punycode.hpp"
#include "smime/utf8.hpp"

namespace smime {

namespace {

constexpr std::size_t longest_local_part = 64, longest_domain = 255;

/// atext (RFC 5322, 3.2.3; RFC 6532, 3.2).
bool is_atext(char c) {
    const bool alphanumeric =
        (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
    constexpr std::string_view others = "!#$%&'*+-/=?^_`{|}~";
    return alphanumeric || (c & 0x80) != 0 || others.find(c) != others.npos;
}

bool is_dot_atom(std::string_view text) {
    if (text.empty() || text.front() == '.' || text.back() == '.') return false;
    return text.find("..") == text.npos &&
           std::all_of(text.begin(), text.end(), [](char c) { return c == '.' || is_atext(c); });
}

/// Characters beyond ASCII that have readers see another address than is there: what is not seen,
/// blanks, what turns text around (RFC 8265, 3.3; RFC 5892), and what looks like "@" or ".".
bool misleads(std::uint32_t c) {
    constexpr std::array<std::pair<std::uint32_t, std::uint32_t>, 25> ranges{{
        {0x80, 0xa0},     {0xad, 0xad},     {0x34f, 0x34f},   {0x61c, 0x61c},   {0x115f, 0x1160},
        {0x1680, 0x1680}, {0x17b4, 0x17b5}, {0x180b, 0x180f}, {0x2000, 0x200f}, {0x2024, 0x2024},
        {0x2028, 0x202f}, {0x205f, 0x206f}, {0x2800, 0x2800}, {0x3000, 0x3000}, {0x3002, 0x3002},
        {0x3164, 0x3164}, {0xfe00, 0xfe0f}, {0xfe52, 0xfe52}, {0xfe6b, 0xfe6b}, {0xfeff, 0xfeff},
        {0xff0e, 0xff0e}, {0xff20, 0xff20}, {0xff61, 0xff61}, {0xffa0, 0xffa0}, {0xfff0, 0xfffd},
    }};
    return c >= 0xe0000 || std::ranges::any_of(ranges, [c](const auto& range) {
               return range.first <= c && c <= range.second;
           });
}

bool is_plainly_read(std::string_view text) {
    while (!text.empty())
        if (misleads(take_utf8_character(text))) return false;
    return true;
}

/// True if readers who undo encoded words where none can be (RFC 2047, 5) see another text.
bool has_encoded_words(std::string_view text) {
    bool charset_hides = false;
    return without_encoded_words(text, charset_hides) != text || charset_hides;
}

/// What a quoted string holds that stands at the head of text, and takes it from there.
std::optional<std::string> take_quoted(std::string_view& text) {
    std::string content;
    for (std::size_t i = 1; i < text.size(); ++i) {
        char c = text[i];
        if (c == '"') {
            text.remove_prefix(i + 1);
            return content;
        }
        if (c == '\\') {
            if (++i == text.size()) return std::nullopt;
            c = text[i];
        }
        if (static_cast<unsigned char>(c) < ' ' || c == '\x7f') return std::nullopt;
        content += c;
    }
    return std::nullopt;
}

/// The labels of a domain as A-labels. Only what can be a host's name: letters, digits, hyphens,
/// and what is beyond ASCII.
std::optional<std::string> read_domain(std::string_view text) {
    std::string domain;
    for (;;) {
        const auto dot = text.find('.');
        const auto label = a_label(text.substr(0, dot));
        if (!label) return std::nullopt;
        for (const char c : *label)
            if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_'))
                return std::nullopt;
        domain += *label;
        if (dot == text.npos) break;
        domain += '.';
        text.remove_prefix(dot + 1);
    }
    if (domain.size() > longest_domain) return std::nullopt;
    return domain;
}

}  // namespace

std::optional<MailAddress> MailAddress::parse(std::string_view text) {
    MailAddress address;
    if (text.starts_with('"')) {
        auto local_part = take_quoted(text);
        if (!local_part || !text.starts_with('@')) return std::nullopt;
        address.local_part = std::move(*local_part);
        text.remove_prefix(1);
    } else {
        const auto at = text.find('@');
        if (at == text.npos || !is_dot_atom(text.substr(0, at))) return std::nullopt;
        address.local_part = text.substr(0, at);
        text.remove_prefix(at + 1);
    }
    if (address.local_part.empty() || address.local_part.size() > longest_local_part ||
        !is_utf8(address.local_part) || !is_plainly_read(address.local_part) ||
        has_encoded_words(address.local_part) || !is_plainly_read(text))
        return std::nullopt;
    auto domain = read_domain(text);
    if (!domain) return std::nullopt;
    address.domain = std::move(*domain);
    return address;
}

std::string MailAddress::text() const {
    if (is_dot_atom(local_part)) return local_part + '@' + domain;
    std::string quoted = "\"";
    for (const char c : local_part) {
        if (c == '"' || c == '\\') quoted += '\\';
        quoted += c;
    }
    return quoted + "\"@" + domain;
}

bool MailAddress::operator==(const MailAddress& other) const {
    return domain == other.domain && same_name(local_part, other.local_part);
}

}  // namespace smime
