#include "smime/encoded_word.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

#include "smime/base64.hpp"
#include "smime/charset.hpp"
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

/// Base64 of no more than a line of it, without line end.
std::string base64_line(std::string_view octets) {
    std::string line =
        encode_base64({reinterpret_cast<const std::uint8_t*>(octets.data()), octets.size()});
    line.resize(line.find_last_not_of("\r\n") + 1);
    return line;
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

std::string decoded_text(std::string_view text, bool& charset_hides) {
    std::string result;
    std::string octets;  // of the words before, whose charset is the same: some cut characters
    std::string_view charset;
    const auto end_words = [&] {
        if (octets.empty()) return;
        const bool hides = hides_ascii(charset);
        charset_hides |= hides;
        if (hides) {
            result += "\xef\xbf\xbd";
        } else {
            result += to_utf8(octets, charset.substr(0, charset.find('*')));
        }
        octets.clear();
    };
    while (!text.empty()) {
        const auto at = std::min(text.find("=?"), text.size());
        const auto before = text.substr(0, at);
        text.remove_prefix(at);
        const auto word = read_encoded_word(text);
        const bool joins = word && !octets.empty() && is_blank(before);
        if (!joins || !same_name(word->charset, charset)) end_words();
        if (!joins) result += to_utf8(before, "");
        if (word) {
            charset = word->charset;
            octets += decoded(*word);
            text.remove_prefix(word->size);
        } else {
            result += text.substr(0, 2);
            text.remove_prefix(std::min<std::size_t>(2, text.size()));
        }
    }
    end_words();
    return result;
}

std::string encoded_words(std::string_view utf8) {
    constexpr std::size_t octets_of_a_word = 45;  // 60 of base64, and 12 around them
    std::string words;
    while (!utf8.empty()) {
        auto size = std::min(octets_of_a_word, utf8.size());
        // No word ends within a character (RFC 2047, 5).
        while (size > 1 && size < utf8.size() && (utf8[size] & 0xc0) == 0x80) --size;
        if (!words.empty()) words += "\r\n ";
        words += "=?utf-8?B?" + base64_line(utf8.substr(0, size)) + "?=";
        utf8.remove_prefix(size);
    }
    return words;
}

}  // namespace smime
