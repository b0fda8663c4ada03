#include "smime/encoded_word.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

#include "smime/base64.hpp"
#include "smime/header.hpp"

namespace smime {

namespace {

/// True for charsets in which octets below 128 do not say what they say in ASCII.
bool hides_ascii(std::string_view charset) {
    const auto language = charset.find('*');  // RFC 2231, 5
    charset = charset.substr(0, language);
    for (const std::string_view hiding : {"utf-7", "unicode-1-1-utf-7", "csutf7", "utf7"})
        if (same_name(charset, hiding)) return true;
    for (const std::string_view wide : {"utf-16", "utf16", "utf-32", "utf32", "ucs", "iso-10646",
                                        "hz", "scsu", "bocu", "ebcdic", "ibm037", "ibm1047"})
        if (same_name(charset.substr(0, wide.size()), wide)) return true;
    return false;
}

struct EncodedWord {
    std::string_view charset;
    char encoding = 0;
    std::string_view text;
    std::size_t size = 0;  // of the whole
};

/// =?charset?encoding?text?= at the head of text, read as tolerantly as clients do.
std::optional<EncodedWord> read_encoded_word(std::string_view text) {
    if (!text.starts_with("=?")) return std::nullopt;
    const auto charset_end = text.find('?', 2);
    if (charset_end == text.npos || charset_end + 2 >= text.size() || text[charset_end + 2] != '?')
        return std::nullopt;
    const auto begin = charset_end + 3;
    const auto end = text.find("?=", begin);
    if (end == text.npos) return std::nullopt;
    return EncodedWord{text.substr(2, charset_end - 2), text[charset_end + 1],
                       text.substr(begin, end - begin), end + 2};
}

/// The "Q" encoding (RFC 2047, 4.2).
std::string decoded_q(std::string_view text) {
    std::string result;
    while (!text.empty()) {
        unsigned octet = 0;
        const char* const digits = text.data() + 1;
        if (text.front() == '=' && text.size() >= 3 &&
            std::from_chars(digits, digits + 2, octet, 16).ptr == digits + 2) {
            result += static_cast<char>(octet);
            text.remove_prefix(3);
            continue;
        }
        result += text.front() == '_' ? ' ' : text.front();
        text.remove_prefix(1);
    }
    return result;
}

std::string decoded(const EncodedWord& word) {
    if (word.encoding == 'B' || word.encoding == 'b')
        return std::string{decode_base64(word.text).octets.expose_text()};
    if (word.encoding == 'Q' || word.encoding == 'q') return decoded_q(word.text);
    return std::string{word.text};
}

bool is_blank(std::string_view text) {
    return text.find_first_not_of(" \t\r\n") == text.npos;
}

}  // namespace

std::string without_encoded_words(std::string_view text, bool& charset_hides) {
    std::string result;
    bool after_word = false;
    while (!text.empty()) {
        const auto at = std::min(text.find("=?"), text.size());
        // Blanks between two encoded words are not shown (RFC 2047, 6.2).
        const auto before = text.substr(0, at);
        text.remove_prefix(at);
        const auto word = read_encoded_word(text);
        if (!(after_word && word && is_blank(before))) result += before;
        if (!word) {
            result += text.substr(0, std::min<std::size_t>(2, text.size()));
            text.remove_prefix(std::min<std::size_t>(2, text.size()));
            after_word = false;
            continue;
        }
        charset_hides |= hides_ascii(word->charset);
        result += decoded(*word);
        text.remove_prefix(word->size);
        after_word = true;
    }
    return result;
}

}  // namespace smime
