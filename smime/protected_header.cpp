#include "smime/protected_header.hpp"

#include <algorithm>

#include "smime/header_address.hpp"
#include "smime/mime.hpp"
#include "smime/own_field.hpp"

namespace smime {

namespace {

/// The parameter's value, if it stands there once and plainly.
std::string_view plain_parameter(const ContentType& type, std::string_view name) {
    if (!type.strict) return {};
    for (const Parameter& parameter : type.parameters)
        if (same_name(parameter.name, name)) return parameter.value;
    return {};
}

HeaderProtection protection_of(const ContentType& type) {
    const auto hp = plain_parameter(type, "hp");
    if (hp == "clear") return HeaderProtection::clear;
    if (hp == "cipher") return HeaderProtection::cipher;
    return HeaderProtection::none;
}

std::vector<HeaderField> fields_named(std::string_view header, std::string_view name) {
    std::vector<HeaderField> found;
    HeaderScanner fields{header};
    while (const auto field = fields.next())
        if (same_name(lenient_name(*field), name)) found.push_back(*field);
    return found;
}

bool is_same_address(const HeaderField& one, const HeaderField& other) {
    const auto first = read_addresses(folded_with_lf(one));
    const auto second = read_addresses(folded_with_lf(other));
    if (first.size() != 1 || second.size() != 1) return false;
    const Address& a = first.front();
    const Address& b = second.front();
    return a.mailbox && a.domain && b.mailbox && b.domain && same_name(*a.mailbox, *b.mailbox) &&
           same_name(*a.domain, *b.domain);
}

/// True if this From says no more than that one of the message: the same text, or the same single
/// address in a form that no reader takes for another.
bool is_same_from(const HeaderField& inner, const HeaderField& outer) {
    const std::string text = unfolded(inner.value);
    if (text == unfolded(outer.value)) return true;
    return std::count(text.begin(), text.end(), '@') == 1 && is_same_address(inner, outer);
}

bool has_same_from(std::string_view header, std::string_view outer_header) {
    const auto inner = fields_named(header, "From");
    const auto outer = fields_named(outer_header, "From");
    return inner.size() == 1 && outer.size() == 1 && is_same_from(inner.front(), outer.front());
}

bool has_same_message_id(std::string_view header, std::string_view outer_header) {
    const auto inner = fields_named(header, "Message-ID");
    const auto outer = fields_named(outer_header, "Message-ID");
    if (inner.size() != 1 || outer.size() != 1) return false;
    const std::string id = unfolded(inner.front().value);
    return !id.empty() && id == unfolded(outer.front().value);
}

/// What servers and relays add. A sender has no say in it, be it protected or not.
bool is_of_transit(std::string_view name) {
    for (const std::string_view added : {"Received", "Return-Path", "Delivered-To", "Received-SPF",
                                         "Authentication-Results", "DKIM-Signature", "HP-Outer"})
        if (same_name(name, added)) return true;
    return same_name(name.substr(0, 4), "ARC-");
}

void read_fields(std::string_view header, std::string_view outer_header,
                 ProtectedHeader& protected_header) {
    const bool has_from = !fields_named(header, "From").empty();
    protected_header.from_mismatch = has_from && !has_same_from(header, outer_header);
    HeaderScanner fields{header};
    while (const auto field = fields.next()) {
        if (!is_field_name(field->name) || field->is_structural() || is_of_transit(field->name))
            continue;
        if (is_own_field(*field)) continue;
        if (field->is("From") && protected_header.from_mismatch) continue;
        protected_header.fields.push_back(*field);
    }
}

/// The message that a payload wraps, or nothing (RFC 9788, 4.10.1).
std::optional<Entity> read_wrapped(const Entity& root, const ContentType& type,
                                   std::string_view outer_header) {
    if (!type.is("message", "rfc822") || root.transfer_encoding != TransferEncoding::identity)
        return std::nullopt;
    const Entity message = Entity::read(root.body);
    if (message.kind != Entity::Kind::other || message.ambiguous) return std::nullopt;
    const auto inner = read_content_fields(message.header).type;
    if (inner && protection_of(*inner) != HeaderProtection::none) return std::nullopt;
    const auto forwarded = plain_parameter(type, "forwarded");
    const bool is_this_one =
        forwarded == "no" ||
        (forwarded.empty() && has_same_message_id(message.header, outer_header));
    if (!is_this_one || !has_same_from(message.header, outer_header)) return std::nullopt;
    return message;
}

}  // namespace

ProtectedHeader read_protected_header(const Entity& payload, const Entity& root,
                                      std::string_view outer_header) {
    ProtectedHeader protected_header;
    protected_header.shown = payload;
    const auto type = read_content_fields(root.header).type;
    if (!type) return protected_header;
    protected_header.kind = protection_of(*type);
    if (protected_header.kind != HeaderProtection::none) {
        read_fields(root.header, outer_header, protected_header);
    } else if (const auto message = read_wrapped(root, *type, outer_header)) {
        protected_header.kind = HeaderProtection::wrapped;
        read_fields(message->header, outer_header, protected_header);
        if (root.body.data() == payload.body.data()) protected_header.shown = *message;
    }
    return protected_header;
}

}  // namespace smime
