#include "keystore/directory_string.hpp"

namespace keystore {
namespace {

void append_utf8(std::string& out, std::uint32_t c) {
    const auto octet = [&out](std::uint32_t value) { out += static_cast<char>(value); };
    if (c < 0x80) {
        octet(c);
    } else if (c < 0x800) {
        octet(0xc0 | c >> 6);
        octet(0x80 | (c & 0x3f));
    } else if (c < 0x10000) {
        octet(0xe0 | c >> 12);
        octet(0x80 | (c >> 6 & 0x3f));
        octet(0x80 | (c & 0x3f));
    } else {
        octet(0xf0 | c >> 18);
        octet(0x80 | (c >> 12 & 0x3f));
        octet(0x80 | (c >> 6 & 0x3f));
        octet(0x80 | (c & 0x3f));
    }
}

/// Characters of so many octets each.
std::optional<std::string> wide_text(BytesView octets, std::size_t width) {
    if (octets.size() % width != 0) return std::nullopt;
    std::string text;
    for (; !octets.empty(); octets = octets.subspan(width)) {
        std::uint32_t c = 0;
        for (const std::uint8_t octet : octets.first(width)) c = c << 8 | octet;
        if (c > 0x10ffff) return std::nullopt;
        append_utf8(text, c);
    }
    return text;
}

}  // namespace

std::optional<std::string> utf8_text(const der::Element& value) {
    const BytesView octets = value.content;
    if (value.tag.class_bits != 0 || value.tag.constructed) return std::nullopt;
    switch (value.tag.number) {
        case 12:  // UTF8String; what is wrong in it is escaped later
        case 18:  // NumericString
        case 19:  // PrintableString
        case 22:  // IA5String
        case 26:  // VisibleString
            return std::string{octets.begin(), octets.end()};
        case 20:  // TeletexString: in practice ISO 8859-1
            return wide_text(octets, 1);
        case 28:  // UniversalString
            return wide_text(octets, 4);
        case 30:  // BMPString
            return wide_text(octets, 2);
        default:
            return std::nullopt;
    }
}

std::optional<std::pair<std::uint32_t, std::size_t>> first_character(BytesView text) {
    const std::uint8_t lead = text[0];
    if (lead < 0x80) return std::pair{std::uint32_t{lead}, std::size_t{1}};
    const std::size_t size = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
    if (lead < 0xc2 || lead > 0xf4 || text.size() < size) return std::nullopt;
    std::uint32_t c = lead & (0x7fU >> size);
    for (std::size_t i = 1; i < size; ++i) {
        if ((text[i] & 0xc0) != 0x80) return std::nullopt;
        c = c << 6 | (text[i] & 0x3fU);
    }
    const bool overlong = (size == 3 && c < 0x800) || (size == 4 && c < 0x10000);
    if (overlong || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff)) return std::nullopt;
    return std::pair{c, size};
}

}  // namespace keystore
