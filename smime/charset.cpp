#include "smime/charset.hpp"

#include <iconv.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <string>

#include "smime/header.hpp"
#include "smime/utf8.hpp"

namespace smime {

namespace {

constexpr std::string_view replacement = "\xef\xbf\xbd";

struct Charset {
    std::string_view name;
    const char* read_as;
};

/// What mail is written in, and nothing else that iconv offers: some of its rarer decoders have
/// never ended, or ended the program (CVE-2020-27618, CVE-2021-3326). Some names are read as the
/// larger sets that browsers take them for (WHATWG Encoding, 4.2).
constexpr std::array charsets = {
    Charset{"iso-8859-1", "CP1252"},
    Charset{"latin1", "CP1252"},
    Charset{"windows-1252", "CP1252"},
    Charset{"iso-8859-2", "ISO-8859-2"},
    Charset{"iso-8859-3", "ISO-8859-3"},
    Charset{"iso-8859-4", "ISO-8859-4"},
    Charset{"iso-8859-5", "ISO-8859-5"},
    Charset{"iso-8859-6", "ISO-8859-6"},
    Charset{"iso-8859-7", "ISO-8859-7"},
    Charset{"iso-8859-8", "ISO-8859-8"},
    Charset{"iso-8859-8-i", "ISO-8859-8"},
    Charset{"iso-8859-9", "CP1254"},
    Charset{"iso-8859-10", "ISO-8859-10"},
    Charset{"iso-8859-13", "ISO-8859-13"},
    Charset{"iso-8859-14", "ISO-8859-14"},
    Charset{"iso-8859-15", "ISO-8859-15"},
    Charset{"iso-8859-16", "ISO-8859-16"},
    Charset{"windows-1250", "CP1250"},
    Charset{"windows-1251", "CP1251"},
    Charset{"windows-1253", "CP1253"},
    Charset{"windows-1254", "CP1254"},
    Charset{"windows-1255", "CP1255"},
    Charset{"windows-1256", "CP1256"},
    Charset{"windows-1257", "CP1257"},
    Charset{"windows-1258", "CP1258"},
    Charset{"windows-874", "CP874"},
    Charset{"tis-620", "CP874"},
    Charset{"iso-8859-11", "CP874"},
    Charset{"koi8-r", "KOI8-R"},
    Charset{"koi8-u", "KOI8-U"},
    Charset{"ibm850", "CP850"},
    Charset{"cp850", "CP850"},
    Charset{"macintosh", "MACINTOSH"},
    Charset{"gb2312", "GB18030"},
    Charset{"gbk", "GB18030"},
    Charset{"gb18030", "GB18030"},
    Charset{"big5", "BIG5-HKSCS"},
    Charset{"shift_jis", "CP932"},
    Charset{"euc-jp", "EUC-JP"},
    Charset{"iso-2022-jp", "ISO-2022-JP"},
    Charset{"euc-kr", "UHC"},
    Charset{"ks_c_5601-1987", "UHC"},
    Charset{"iso-2022-kr", "ISO-2022-KR"},
    Charset{"utf-7", "UTF-7"},
    Charset{"utf-16", "UTF-16LE"},
    Charset{"utf-16le", "UTF-16LE"},
    Charset{"utf-16be", "UTF-16BE"},
    Charset{"utf-32", "UTF-32LE"},
    Charset{"utf-32le", "UTF-32LE"},
    Charset{"utf-32be", "UTF-32BE"},
};

const char* iconv_name(std::string_view charset) {
    for (const Charset& known : charsets)
        if (same_name(known.name, charset)) return known.read_as;
    return nullptr;
}

class Converter {
public:
    explicit Converter(const char* from) : descriptor_{::iconv_open("UTF-8", from)} {}
    ~Converter() {
        if (*this) ::iconv_close(descriptor_);
    }
    Converter(const Converter&) = delete;
    Converter& operator=(const Converter&) = delete;
    // NOLINTNEXTLINE(performance-no-int-to-ptr): POSIX's own way to say "none"
    explicit operator bool() const { return descriptor_ != reinterpret_cast<iconv_t>(-1); }

    WipedText convert(std::string_view text) {
        WipedText converted;
        converted.reserve(text.size() + text.size() / 2);
        std::array<char, 4096> piece;
        auto* from = const_cast<char*>(text.data());  // POSIX's signature; it is only read
        std::size_t left = text.size();
        while (left > 0) {
            char* to = piece.data();
            std::size_t room = piece.size();
            const auto done = ::iconv(descriptor_, &from, &left, &to, &room);
            converted.append(piece.data(), piece.size() - room);
            if (done != static_cast<std::size_t>(-1) || errno == E2BIG) continue;
            converted += replacement;
            if (errno != EILSEQ) break;  // cut off within a character
            ++from;
            --left;
        }
        keystore::wipe(piece.data(), piece.size());
        return converted;
    }

private:
    iconv_t descriptor_;
};

/// U+0000 to U+00FF, for a system without iconv's tables.
WipedText from_latin1(std::string_view text) {
    WipedText converted;
    for (const char c : text) {
        const auto octet = static_cast<unsigned char>(c);
        if (octet < 0x80) {
            converted += c;
        } else {
            converted += static_cast<char>(0xc0 | octet >> 6);
            converted += static_cast<char>(0x80 | (octet & 0x3f));
        }
    }
    return converted;
}

WipedText convert(std::string_view text, const char* from) {
    Converter converter{from};
    return converter ? converter.convert(text) : from_latin1(text);
}

}  // namespace

WipedText to_utf8(std::string_view octets, std::string_view charset) {
    if (octets.starts_with("\xfe\xff")) return convert(octets.substr(2), "UTF-16BE");
    if (octets.starts_with("\xff\xfe")) return convert(octets.substr(2), "UTF-16LE");
    const bool marked = octets.starts_with("\xef\xbb\xbf");
    if (marked) octets.remove_prefix(3);
    const char* from = marked ? nullptr : iconv_name(charset);
    if (from) return convert(octets, from);
    return is_utf8(octets) ? WipedText{octets} : convert(octets, marked ? "UTF-8" : "CP1252");
}

std::string_view charset_named_in_html(std::string_view html) {
    constexpr std::size_t looked_into = 1024;
    constexpr std::string_view blanks = " \t\r\n\f\"'";
    html = html.substr(0, looked_into);
    for (std::size_t at = 0; at + 8 <= html.size(); ++at) {
        if (!same_name(html.substr(at, 7), "charset")) continue;
        const auto equals = html.find_first_not_of(blanks, at + 7);
        if (equals == std::string_view::npos || html[equals] != '=') continue;
        const auto begin = html.find_first_not_of(blanks, equals + 1);
        if (begin == std::string_view::npos) return {};
        const auto name = html.substr(begin, html.find_first_of(" \t\r\n\f\"';/>", begin) - begin);
        // Who could read so far as ASCII was not in UTF-16.
        return same_name(name.substr(0, 4), "utf-") ? "utf-8" : name;
    }
    return {};
}

}  // namespace smime
