#include "keystore/name.hpp"

#include <array>
#include <optional>
#include <string_view>
#include <utility>

#include "keystore/der.hpp"
#include "keystore/directory_string.hpp"
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

/// Characters that do not show, or make others show elsewhere.
bool is_invisible(std::uint32_t c) {
    return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0xad || c == 0x061c ||
           (c >= 0x200b && c <= 0x200f) || (c >= 0x2028 && c <= 0x202e) ||
           (c >= 0x2060 && c <= 0x206f) || c == 0xfeff || (c >= 0xfff9 && c <= 0xfffb) ||
           (c >= 0xe0000 && c <= 0xe0fff);
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
