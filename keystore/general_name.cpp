#include "keystore/general_name.hpp"

namespace keystore {
namespace {

constexpr auto encoding = der::Limits::ber();
constexpr std::string_view smtp_utf8_mailbox_oid = "1.3.6.1.5.5.7.8.9";

std::string text_of(BytesView octets) {
    return {octets.begin(), octets.end()};
}

/// OtherName; a SmtpUTF8Mailbox (RFC 9598, 3) is a form of its own.
std::optional<GeneralName> read_other_name(const der::Element& element) {
    auto in = der::Reader::inside(element, encoding);
    const auto type = in.next(der::oid);
    auto value = type ? in.enter_context(0) : std::nullopt;
    if (!value) return std::nullopt;
    GeneralName name;
    name.type = text_of(type->content);
    name.value = text_of(element.octets);
    if (der::oid_text(type->content) != smtp_utf8_mailbox_oid) return name;

    const auto text = value->next({0, 12, false});
    const auto octets = text ? der::string_octets(*text, encoding) : std::nullopt;
    if (!octets) return std::nullopt;
    name.form = GeneralName::Form::smtp_utf8_mailbox;
    name.value = text_of(*octets);
    return name;
}

std::optional<GeneralName> read_directory_name(const der::Element& element) {
    auto in = der::Reader::inside(element, encoding);
    const auto octets = in.next(der::sequence);
    auto directory = octets ? DistinguishedName::parse(octets->octets) : std::nullopt;
    if (!directory || !in.at_end()) return std::nullopt;
    GeneralName name;
    name.form = GeneralName::Form::directory_name;
    name.directory_name = std::move(*directory);
    return name;
}

}  // namespace

std::optional<GeneralName> GeneralName::read(der::Reader& in) {
    const auto element = in.next();
    if (!element || element->tag.class_bits != 0x80) return std::nullopt;
    const bool constructed = element->tag.constructed;
    GeneralName name;
    name.form = static_cast<Form>(element->tag.number);
    switch (element->tag.number) {
        case 0:
            return constructed ? read_other_name(*element) : std::nullopt;
        case 4:
            return constructed ? read_directory_name(*element) : std::nullopt;
        case 3:
        case 5:
            if (!constructed) return std::nullopt;
            name.value = text_of(element->octets);
            return name;
        case 1:
        case 2:
        case 6:
        case 7:
        case 8:
            if (constructed) return std::nullopt;
            name.value = text_of(element->content);
            return name;
        default:
            return std::nullopt;
    }
}

std::optional<std::vector<GeneralName>> read_general_names(der::Reader in) {
    std::vector<GeneralName> names;
    while (!in.at_end()) {
        auto name = GeneralName::read(in);
        if (!name) return std::nullopt;
        names.push_back(std::move(*name));
    }
    if (names.empty()) return std::nullopt;
    return names;
}

}  // namespace keystore
