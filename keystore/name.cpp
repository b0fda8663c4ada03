#include "keystore/name.hpp"

#include <array>
#include <optional>
#include <string_view>
#include <utility>

#include "keystore/der.hpp"
#include "keystore/limits.hpp"

namespace keystore {
namespace {

constexpr std::string_view email_address = "1.2.840.113549.1.9.1";

/// RFC 4514, 3, and what else is commonly seen.
constexpr std::array<std::pair<std::string_view, std::string_view>, 15> short_names{{
    {"2.5.4.3", "CN"},
    {"2.5.4.4", "SN"},
    {"2.5.4.5", "serialNumber"},
    {"2.5.4.6", "C"},
    {"2.5.4.7", "L"},
    {"2.5.4.8", "ST"},
    {"2.5.4.9", "STREET"},
    {"2.5.4.10", "O"},
    {"2.5.4.11", "OU"},
    {"2.5.4.12", "title"},
    {"2.5.4.42", "GN"},
    {"2.5.4.97", "organizationIdentifier"},
    {"0.9.2342.19200300.100.1.1", "UID"},
    {"0.9.2342.19200300.100.1.25", "DC"},
    {email_address, "emailAddress"},
}};

constexpr std::string_view hex_digits = "0123456789ABCDEF";

void append_hex(std::string& out, std::uint8_t octet) {
    out += hex_digits[octet >> 4];
    out += hex_digits[octet & 0xf];
}

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

/// The character that UTF-8 text begins with, and its octets; nothing if they are none.
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

/// Characters that do not show, or make others show elsewhere.
bool is_invisible(std::uint32_t c) {
    return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0xad || c == 0x061c ||
           (c >= 0x200b && c <= 0x200f) || (c >= 0x2028 && c <= 0x202e) ||
           (c >= 0x2060 && c <= 0x206f) || c == 0xfeff || (c >= 0xfff9 && c <= 0xfffb) ||
           (c >= 0xe0000 && c <= 0xe0fff);
}

/// The octets of a string type as UTF-8; nothing if it is no string type of a DirectoryString.
std::optional<std::string> utf8_text(const der::Element& value) {
    const BytesView octets = value.content;
    if (value.tag.class_bits != 0 || value.tag.constructed) return std::nullopt;
    std::string text;
    switch (value.tag.number) {
        case 12:  // UTF8String; what is wrong in it is escaped later
        case 18:  // NumericString
        case 19:  // PrintableString
        case 22:  // IA5String
        case 26:  // VisibleString
            return std::string{octets.begin(), octets.end()};
        case 20:  // TeletexString: in practice ISO 8859-1
            for (const std::uint8_t octet : octets) append_utf8(text, octet);
            return text;
        case 30:  // BMPString
            if (octets.size() % 2 != 0) return std::nullopt;
            for (std::size_t i = 0; i < octets.size(); i += 2)
                append_utf8(text, static_cast<std::uint32_t>(octets[i]) << 8 | octets[i + 1]);
            return text;
        default:
            return std::nullopt;
    }
}

/// Escapes as RFC 4514, 2.4 says.
void append_escaped(std::string& out, BytesView text) {
    while (!text.empty() && out.size() < limits::name_text) {
        const auto character = first_character(text);
        const std::size_t size = character ? character->second : 1;
        const bool plain = character && !is_invisible(character->first);
        for (const std::uint8_t octet : text.first(size)) {
            if (!plain) {
                out += '\\';
                append_hex(out, octet);
                continue;
            }
            if (std::string_view{"\"+,;<=>\\"}.find(static_cast<char>(octet)) !=
                std::string_view::npos)
                out += '\\';
            out += static_cast<char>(octet);
        }
        text = text.subspan(size);
    }
}

void append_value(std::string& out, const der::Element& value) {
    const auto text = utf8_text(value);
    if (!text) {
        out += '#';
        for (const std::uint8_t octet : value.octets) {
            if (out.size() >= limits::name_text) return;
            append_hex(out, octet);
        }
        return;
    }
    const std::size_t start = out.size();
    append_escaped(out, {reinterpret_cast<const std::uint8_t*>(text->data()), text->size()});
    if (out.size() == start) return;
    if (out.back() == ' ') out.insert(out.size() - 1, 1, '\\');
    if (out[start] == ' ' || out[start] == '#') out.insert(start, 1, '\\');
}

/// One AttributeTypeAndValue. Oid is empty if it has too many arcs to be written.
struct Attribute {
    std::string oid;
    der::Element value;
};

using RelativeDistinguishedName = std::vector<Attribute>;

std::optional<std::vector<RelativeDistinguishedName>> read_name(BytesView name) {
    der::Reader outer{name, der::Limits::ber()};
    auto in = outer.enter(der::sequence);
    if (!in) return std::nullopt;
    std::vector<RelativeDistinguishedName> names;
    while (!in->at_end()) {
        auto set = in->enter(der::set);
        if (!set) return std::nullopt;
        RelativeDistinguishedName attributes;
        while (!set->at_end()) {
            auto attribute = set->enter(der::sequence);
            const auto type = attribute ? attribute->next(der::oid) : std::nullopt;
            const auto value = type ? attribute->next() : std::nullopt;
            if (!value) return std::nullopt;
            attributes.push_back({der::oid_text(type->content).value_or(""), *value});
        }
        names.push_back(std::move(attributes));
    }
    return names;
}

std::string_view attribute_name(const Attribute& attribute) {
    for (const auto& [oid, name] : short_names)
        if (oid == attribute.oid) return name;
    return attribute.oid.empty() ? "?" : std::string_view{attribute.oid};
}

}  // namespace

std::string name_text(BytesView name) {
    const auto names = read_name(name);
    std::string text;
    if (!names) return text;
    for (auto i = names->rbegin(); i != names->rend(); ++i) {  // RFC 4514, 2.1: the last first
        char separator = ',';
        for (const Attribute& attribute : *i) {
            if (text.size() >= limits::name_text) return text + "...";
            if (!text.empty()) text += separator;
            text += attribute_name(attribute);
            text += '=';
            append_value(text, attribute.value);
            separator = '+';
        }
    }
    return text.size() >= limits::name_text ? text + "..." : text;
}

std::vector<std::string> name_addresses(BytesView name) {
    std::vector<std::string> addresses;
    const auto names = read_name(name);
    if (!names) return addresses;
    for (const RelativeDistinguishedName& attributes : *names)
        for (const Attribute& attribute : attributes)
            if (attribute.oid == email_address && addresses.size() < limits::addresses)
                if (auto text = utf8_text(attribute.value)) addresses.push_back(std::move(*text));
    return addresses;
}

}  // namespace keystore
