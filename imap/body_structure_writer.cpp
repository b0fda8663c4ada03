#include "imap/body_structure.hpp"
#include "imap/letter_case.hpp"

// The exact text is Dovecot's (imap-bodystructure.c, imap-envelope.c), where RFC 9051, 7.5.2 leaves
// a choice.

namespace imap {
namespace {

enum class Form { body, body_structure };

void write_part(Writer& out, const BodyStructure& part, Form form);

void write_nstring(Writer& out, const NString& value) {
    if (value)
        out.unfolded(*value);
    else
        out.nil();
}

void write_text_for_people(Writer& out, const NString& value) {
    if (value)
        out.text_for_people(*value);
    else
        out.nil();
}

void write_address_part(Writer& out, const NString& value) {
    if (value)
        out.quoted_or_literal(*value);
    else
        out.nil();
}

///     address = "(" addr-name SP addr-adl SP addr-mailbox SP addr-host ")"
void write_addresses(Writer& out, const std::vector<Address>& addresses) {
    if (addresses.empty()) return out.nil();
    out.raw("(");
    for (const auto& address : addresses) {
        out.raw("(");
        write_text_for_people(out, address.name);
        for (const auto* part : {&address.adl, &address.mailbox, &address.host}) {
            out.sp();
            write_address_part(out, *part);
        }
        out.raw(")");
    }
    out.raw(")");
}

///     body-fld-param = "(" string SP string *(SP string SP string) ")" / nil
void write_parameters(Writer& out, const BodyParameters& parameters) {
    if (parameters.empty()) return out.nil();
    bool first = true;
    for (const auto& [name, value] : parameters) {
        out.raw(first ? "(" : " ");
        first = false;
        out.quoted_or_literal(name);
        out.sp();
        out.quoted_or_literal(value);
    }
    out.raw(")");
}

///     body-fld-dsp = "(" string SP body-fld-param ")" / nil
void write_disposition(Writer& out, const std::optional<BodyDisposition>& disposition) {
    if (!disposition) return out.nil();
    out.raw("(");
    out.quoted_or_literal(disposition->type);
    out.sp();
    write_parameters(out, disposition->parameters);
    out.raw(")");
}

///     body-fld-lang = nstring / "(" string *(SP string) ")"
void write_languages(Writer& out, const std::vector<std::string>& languages) {
    if (languages.empty()) return out.nil();
    bool first = true;
    for (const auto& language : languages) {
        out.raw(first ? "(" : " ");
        first = false;
        out.quoted_or_literal(language);
    }
    out.raw(")");
}

void write_common_extension(Writer& out, const BodyStructure& part) {
    out.sp();
    write_disposition(out, part.disposition);
    out.sp();
    write_languages(out, part.languages);
    out.sp();
    write_nstring(out, part.location);
}

/// The grammar wants one part at least.
void write_empty_part(Writer& out, Form form) {
    BodyStructure empty;
    empty.type = "text";
    empty.subtype = "plain";
    empty.parameters = {{"charset", "us-ascii"}};
    empty.encoding = "7bit";
    empty.lines = 0;
    write_part(out, empty, form);
}

///     body-type-mpart = 1*body SP media-subtype [SP body-ext-mpart]
void write_multipart(Writer& out, const BodyStructure& part, Form form) {
    for (const auto& child : part.children) write_part(out, child, form);
    if (part.children.empty()) write_empty_part(out, form);
    out.sp();
    out.quoted_or_literal(part.subtype);
    if (form == Form::body) return;
    out.sp();
    write_parameters(out, part.parameters);
    write_common_extension(out, part);
}

///     body-fields = body-fld-param SP body-fld-id SP body-fld-desc SP body-fld-enc SP
///                   body-fld-octets
void write_fields(Writer& out, const BodyStructure& part) {
    out.quoted_or_literal(part.type);
    out.sp();
    out.quoted_or_literal(part.subtype);
    out.sp();
    write_parameters(out, part.parameters);
    out.sp();
    write_nstring(out, part.id);
    out.sp();
    write_nstring(out, part.description);
    out.sp();
    out.quoted_or_literal(part.encoding);
    out.sp();
    out.number(part.octets);
}

///     body-type-1part = (body-type-basic / body-type-msg / body-type-text) [SP body-ext-1part]
void write_single_part(Writer& out, const BodyStructure& part, Form form) {
    write_fields(out, part);
    const bool is_message = part.envelope && part.children.size() == 1;
    if (is_message) {
        out.sp();
        write_envelope(out, *part.envelope);
        out.sp();
        write_part(out, part.children.front(), form);
    }
    if (is_message || same_in_any_case(part.type, "text")) {
        out.sp();
        out.number(part.lines.value_or(0));
    }
    if (form == Form::body) return;
    out.sp();
    write_nstring(out, part.md5);
    write_common_extension(out, part);
}

void write_part(Writer& out, const BodyStructure& part, Form form) {
    out.raw("(");
    if (part.is_multipart())
        write_multipart(out, part, form);
    else
        write_single_part(out, part, form);
    out.raw(")");
}

}  // namespace

///     envelope = "(" env-date SP env-subject SP env-from SP env-sender SP env-reply-to SP env-to
///     SP
///                env-cc SP env-bcc SP env-in-reply-to SP env-message-id ")"
void write_envelope(Writer& out, const Envelope& envelope) {
    out.raw("(");
    write_nstring(out, envelope.date);
    out.sp();
    write_text_for_people(out, envelope.subject);
    for (const auto* addresses : {&envelope.from, &envelope.sender, &envelope.reply_to,
                                  &envelope.to, &envelope.cc, &envelope.bcc}) {
        out.sp();
        write_addresses(out, *addresses);
    }
    out.sp();
    write_nstring(out, envelope.in_reply_to);
    out.sp();
    write_nstring(out, envelope.message_id);
    out.raw(")");
}

void write_body(Writer& out, const BodyStructure& structure) {
    write_part(out, structure, Form::body);
}

void write_body_structure(Writer& out, const BodyStructure& structure) {
    write_part(out, structure, Form::body_structure);
}

}  // namespace imap
