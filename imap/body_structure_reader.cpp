#include "imap/body_structure.hpp"
#include "imap/letter_case.hpp"
#include "imap/limits.hpp"

// Each reader takes what stands at the cursor, and the spaces before it; what should stand there
// and does not is empty.

namespace imap {
namespace {

bool read_part(Cursor& in, BodyStructure& part, int depth);

void skip_spaces(Cursor& in) {
    while (in.sp()) continue;
}

/// True before the next value of a list, false before its end.
bool before_value(Cursor& in) {
    skip_spaces(in);
    return !in.at_end() && !in.rest().starts_with(')');
}

/// An nstring. A value of another shape is no reason to give up: it is read as NIL.
bool read_nstring(Cursor& in, NString& value) {
    if (!before_value(in)) return true;
    auto read = in.nstring();
    if (read) value = std::move(*read);
    return read || in.any_value();
}

/// A string, or NIL for an empty one.
bool read_string(Cursor& in, std::string& value) {
    NString read;
    if (!read_nstring(in, read)) return false;
    value = read.value_or("");
    return true;
}

/// A number; servers that do not know it say NIL, or -1.
bool read_number(Cursor& in, std::uint64_t& value) {
    if (!before_value(in)) return true;
    const auto read = in.number64();
    if (read) value = *read;
    return read || in.any_value();
}

bool read_parameters(Cursor& in, BodyParameters& parameters) {
    if (!before_value(in)) return true;
    if (!in.special('(')) return in.any_value().has_value();
    while (before_value(in)) {
        auto& [name, value] = parameters.emplace_back();
        if (!read_string(in, name) || !read_string(in, value)) return false;
    }
    return in.special(')');
}

/// Some servers give the type alone, without parentheses.
bool read_disposition(Cursor& in, std::optional<BodyDisposition>& disposition) {
    if (!before_value(in)) return true;
    if (auto type = in.string()) {
        disposition = BodyDisposition{std::move(*type), {}};
        return true;
    }
    if (!in.special('(')) return in.any_value().has_value();
    BodyDisposition read;
    if (!read_string(in, read.type) || !read_parameters(in, read.parameters)) return false;
    while (before_value(in))
        if (!in.any_value()) return false;
    disposition = std::move(read);
    return in.special(')');
}

bool read_languages(Cursor& in, std::vector<std::string>& languages) {
    if (!before_value(in)) return true;
    if (auto language = in.string()) {
        languages.push_back(std::move(*language));
        return true;
    }
    if (!in.special('(')) return in.any_value().has_value();
    while (before_value(in))
        if (!read_string(in, languages.emplace_back())) return false;
    return in.special(')');
}

///     body-ext-… = … [SP body-fld-dsp [SP body-fld-lang [SP body-fld-loc *(SP body-extension)]]]
bool read_common_extension(Cursor& in, BodyStructure& part) {
    if (!read_disposition(in, part.disposition) || !read_languages(in, part.languages) ||
        !read_nstring(in, part.location))
        return false;
    while (before_value(in))
        if (!in.any_value()) return false;
    return true;
}

bool read_addresses(Cursor& in, std::vector<Address>& addresses) {
    if (!before_value(in)) return true;
    if (!in.special('(')) return in.any_value().has_value();
    while (before_value(in)) {
        if (!in.special('(')) return false;
        Address address;
        for (auto* part : {&address.name, &address.adl, &address.mailbox, &address.host})
            if (!read_nstring(in, *part)) return false;
        skip_spaces(in);
        if (!in.special(')')) return false;
        addresses.push_back(std::move(address));
    }
    return in.special(')');
}

bool read_envelope_fields(Cursor& in, Envelope& envelope) {
    skip_spaces(in);
    if (!in.special('(')) return false;
    if (!read_nstring(in, envelope.date) || !read_nstring(in, envelope.subject)) return false;
    for (auto* addresses : {&envelope.from, &envelope.sender, &envelope.reply_to, &envelope.to,
                            &envelope.cc, &envelope.bcc})
        if (!read_addresses(in, *addresses)) return false;
    if (!read_nstring(in, envelope.in_reply_to) || !read_nstring(in, envelope.message_id))
        return false;
    skip_spaces(in);
    return in.special(')');
}

bool read_multipart(Cursor& in, BodyStructure& part, int depth) {
    part.type = "multipart";
    while (in.rest().starts_with('(')) {
        if (!read_part(in, part.children.emplace_back(), depth)) return false;
        skip_spaces(in);
    }
    if (!read_string(in, part.subtype) || !read_parameters(in, part.parameters)) return false;
    part.subtype = lower_case(part.subtype);
    return read_common_extension(in, part);
}

/// The envelope, body and lines of a message/rfc822 or message/global (RFC 9051, body-type-msg). It
/// is known by the envelope: what else may stand there never begins with a parenthesis.
bool read_message(Cursor& in, BodyStructure& part, int depth) {
    part.envelope.emplace();
    if (!read_envelope_fields(in, *part.envelope) || !before_value(in)) return false;
    return read_part(in, part.children.emplace_back(), depth) &&
           read_number(in, part.lines.emplace());
}

bool read_single_part(Cursor& in, BodyStructure& part, int depth) {
    if (!read_string(in, part.type) || !read_string(in, part.subtype) ||
        !read_parameters(in, part.parameters) || !read_nstring(in, part.id) ||
        !read_nstring(in, part.description) || !read_string(in, part.encoding) ||
        !read_number(in, part.octets))
        return false;
    part.type = lower_case(part.type);
    part.subtype = lower_case(part.subtype);
    // A multipart without parts is written with an empty one, which must not nest too deep either.
    if (part.is_multipart() && depth >= limits::nesting) return false;
    skip_spaces(in);
    if (part.type == "message" && in.rest().starts_with('(')) {
        if (!read_message(in, part, depth)) return false;
    } else if (part.type == "text" && !read_number(in, part.lines.emplace())) {
        return false;
    }
    return read_nstring(in, part.md5) && read_common_extension(in, part);
}

///     body = "(" (body-type-1part / body-type-mpart) ")"
bool read_part(Cursor& in, BodyStructure& part, int depth) {
    if (depth >= limits::nesting) return false;
    if (!in.special('(')) return false;
    skip_spaces(in);
    const bool read = in.rest().starts_with('(') ? read_multipart(in, part, depth + 1)
                                                 : read_single_part(in, part, depth + 1);
    if (!read) return false;
    skip_spaces(in);
    return in.special(')');
}

}  // namespace

std::optional<BodyStructure> read_body_structure(Cursor& in) {
    Cursor ahead = in;
    BodyStructure structure;
    if (!read_part(ahead, structure, 0)) return std::nullopt;
    in = ahead;
    return structure;
}

std::optional<Envelope> read_envelope(Cursor& in) {
    Cursor ahead = in;
    Envelope envelope;
    if (!read_envelope_fields(ahead, envelope)) return std::nullopt;
    in = ahead;
    return envelope;
}

}  // namespace imap
