#include "keystore/distinguished_name.hpp"

#include <algorithm>
#include <vector>

#include "keystore/der.hpp"
#include "keystore/directory_string.hpp"

namespace keystore {
namespace {

constexpr auto encoding = der::Limits::ber();

/// Puts octets behind their length, so that none can be taken for a part of its neighbours.
void append_counted(std::string& out, std::string_view octets) {
    const std::size_t size = octets.size();
    for (const int shift : {24, 16, 8, 0}) out += static_cast<char>(size >> shift & 0xff);
    out += octets;
}

bool is_blank(std::uint32_t c) {
    return c == ' ' || (c >= 0x09 && c <= 0x0d) || c == 0x85 || c == 0xa0;
}

/// Text as it is compared: in lower case, with single blanks inside and none at the ends (RFC 4518,
/// 2.6.1; RFC 5280, 7.1). Letters beyond ASCII stay as they are, as other implementations do it.
/// Nothing if a character is not of the type, or none that a name may have.
std::optional<std::string> prepared(BytesView text, bool ascii_type) {
    std::string out;
    bool blank = false;
    while (!text.empty()) {
        const auto character = first_character(text);
        if (!character) return std::nullopt;
        const auto [c, size] = *character;
        if (is_blank(c)) {
            blank = !out.empty();
        } else {
            if (c < 0x20 || c == 0x7f || (ascii_type && c >= 0x80)) return std::nullopt;
            if (blank) out += ' ';
            blank = false;
            for (const std::uint8_t octet : text.first(size))
                out += static_cast<char>(octet >= 'A' && octet <= 'Z' ? octet + 0x20 : octet);
        }
        text = text.subspan(size);
    }
    return out;
}

/// One AttributeTypeAndValue. Makes ascii false if letters beyond ASCII stand in it.
std::optional<std::string> attribute(der::Reader in, bool& ascii) {
    const auto type = in.next(der::oid);
    const auto value = type ? in.next() : std::nullopt;
    if (!value || !in.at_end()) return std::nullopt;
    std::string out;
    append_counted(out,
                   {reinterpret_cast<const char*>(type->content.data()), type->content.size()});
    const auto text = utf8_text(*value);
    if (!text) {
        if (value->tag.class_bits == 0 && (value->tag.number == 28 || value->tag.number == 30))
            return std::nullopt;  // characters cut in half
        const BytesView octets = value->octets;
        return out + std::string{octets.begin(), octets.end()};
    }
    const std::uint32_t tag = value->tag.number;
    const auto same = prepared({reinterpret_cast<const std::uint8_t*>(text->data()), text->size()},
                               tag == 18 || tag == 19 || tag == 22 || tag == 26);
    // No element begins with an octet of zero: strings and others do not mix.
    if (!same) return std::nullopt;
    ascii = ascii && std::none_of(same->begin(), same->end(),
                                  [](char c) { return static_cast<unsigned char>(c) >= 0x80; });
    return out + std::string(1, '\0') + *same;
}

}  // namespace

/// One RelativeDistinguishedName: a set, in which the order says nothing.
bool DistinguishedName::append_relative_name(BytesView content) {
    der::Reader in{content, encoding};
    std::vector<std::string> attributes;
    while (!in.at_end()) {
        const auto inside = in.enter(der::sequence);
        auto one = inside ? attribute(*inside, ascii_) : std::nullopt;
        if (!one) return false;
        attributes.push_back(std::move(*one));
    }
    if (attributes.empty()) return false;
    std::sort(attributes.begin(), attributes.end());
    std::string relative;
    for (const std::string& one : attributes) append_counted(relative, one);
    append_counted(canonical_, relative);
    return true;
}

std::optional<DistinguishedName> DistinguishedName::parse(BytesView der) {
    der::Reader outer{der, encoding};
    auto in = outer.enter(der::sequence);
    if (!in || !outer.at_end()) return std::nullopt;
    DistinguishedName name;
    while (!in->at_end()) {
        const auto set = in->next(der::set);
        if (!set || !name.append_relative_name(set->content)) return std::nullopt;
    }
    return name;
}

std::optional<DistinguishedName> DistinguishedName::with_relative_name(BytesView content) const {
    DistinguishedName name = *this;
    if (!name.append_relative_name(content)) return std::nullopt;
    return name;
}

}  // namespace keystore
