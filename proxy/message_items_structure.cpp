#include "proxy/message_items_structure.hpp"

#include <algorithm>
#include <iterator>

#include "smime/header_address.hpp"

namespace proxy {
namespace {

/// A NUL can stand in no string of IMAP. Dovecot sends this octet for it.
constexpr char instead_of_nul = '\x80';

std::string without_nul(std::string text) {
    std::replace(text.begin(), text.end(), '\0', instead_of_nul);
    return text;
}

imap::NString nstring(std::optional<std::string>&& value) {
    return value ? imap::NString{without_nul(std::move(*value))} : std::nullopt;
}

std::string text_of(const smime::HeaderField& field) {
    return without_nul(smime::folded_with_lf(field));
}

void append_addresses(std::vector<imap::Address>& addresses, const smime::HeaderField& field) {
    for (auto& address : smime::read_addresses(smime::folded_with_lf(field)))
        addresses.push_back({nstring(std::move(address.name)), nstring(std::move(address.route)),
                             nstring(std::move(address.mailbox)),
                             nstring(std::move(address.domain))});
}

imap::BodyParameters body_parameters(std::vector<smime::Parameter>&& parameters) {
    imap::BodyParameters all;
    all.reserve(parameters.size());
    for (auto& parameter : parameters)
        all.emplace_back(without_nul(std::move(parameter.name)),
                         without_nul(std::move(parameter.value)));
    return all;
}

/// RFC 2045, 5.2: what has no Content-Type is text/plain in US-ASCII. Dovecot says the charset for
/// other text without one, too.
void add_default_charset(imap::BodyParameters& parameters) {
    const bool said = std::any_of(parameters.begin(), parameters.end(), [](const auto& parameter) {
        return smime::same_name(parameter.first, "charset");
    });
    if (!said) parameters.emplace_back("charset", "us-ascii");
}

/// Type, subtype and parameters. A container that MimeStructure did not look into must not look
/// like one.
void set_type(imap::BodyStructure& described, const smime::MimePart& part,
              std::optional<smime::ContentType>&& type, bool in_digest) {
    using Kind = smime::MimePart::Kind;
    if (type) {
        described.type = without_nul(std::move(type->type));
        described.subtype = without_nul(std::move(type->subtype));
        described.parameters = body_parameters(std::move(type->parameters));
    } else if (!in_digest) {
        described.type = "text";
        described.subtype = "plain";
    }
    switch (part.kind) {
        case Kind::multipart:
            described.type = "multipart";
            return;
        case Kind::message:
            described.type = "message";
            described.subtype = "rfc822";
            return;
        case Kind::single:
            break;
    }
    const bool container = smime::same_name(described.type, "multipart") || (!type && in_digest) ||
                           (smime::same_name(described.type, "message") &&
                            smime::same_name(described.subtype, "rfc822"));
    if (container) {
        described.type = "application";
        described.subtype = "octet-stream";
    }
    if (smime::same_name(described.type, "text")) {
        described.lines = part.body_lines;
        add_default_charset(described.parameters);
    }
}

/// True if nothing is said but what is so anyway.
bool is_plain_text(const imap::BodyStructure& part) {
    const auto& parameters = part.parameters;
    const bool us_ascii =
        std::all_of(parameters.begin(), parameters.end(), [](const auto& parameter) {
            return smime::same_name(parameter.first, "charset") &&
                   smime::same_name(parameter.second, "us-ascii");
        });
    return smime::same_name(part.type, "text") && smime::same_name(part.subtype, "plain") &&
           us_ascii && parameters.size() == 1 && !part.id && !part.description &&
           smime::same_name(part.encoding, "7bit") && !part.md5 && !part.disposition &&
           part.languages.empty() && !part.location;
}

}  // namespace

std::string_view header_of(const smime::View& view, const smime::MimePart& part) {
    if (part.header_offset < view.header().size() || part.header_size == 0)
        return view.header().substr(0, part.header_size);
    return view.body().substr(part.header_offset - view.header().size(), part.header_size);
}

imap::Envelope envelope(std::string_view header) {
    imap::Envelope envelope;
    smime::HeaderScanner fields{header};
    while (const auto field = fields.next()) {
        // Of a text that is there twice the last counts; lists of addresses are joined.
        if (field->is("Date"))
            envelope.date = text_of(*field);
        else if (field->is("Subject"))
            envelope.subject = text_of(*field);
        else if (field->is("From"))
            append_addresses(envelope.from, *field);
        else if (field->is("Sender"))
            append_addresses(envelope.sender, *field);
        else if (field->is("Reply-To"))
            append_addresses(envelope.reply_to, *field);
        else if (field->is("To"))
            append_addresses(envelope.to, *field);
        else if (field->is("Cc"))
            append_addresses(envelope.cc, *field);
        else if (field->is("Bcc"))
            append_addresses(envelope.bcc, *field);
        else if (field->is("In-Reply-To"))
            envelope.in_reply_to = text_of(*field);
        else if (field->is("Message-ID"))
            envelope.message_id = text_of(*field);
    }
    // RFC 9051, 7.5.2: a server must say From for these where they are missing.
    if (envelope.sender.empty()) envelope.sender = envelope.from;
    if (envelope.reply_to.empty()) envelope.reply_to = envelope.from;
    return envelope;
}

imap::BodyStructure body_structure(const smime::View& view, const smime::MimeStructure& structure,
                                   const smime::MimePart& part) {
    using Kind = smime::MimePart::Kind;
    const auto* const parent = structure.part(part.parent);
    smime::ContentFields content;
    if (part.is_mime) content = smime::read_content_fields(header_of(view, part));

    imap::BodyStructure described;
    set_type(described, part, std::move(content.type), parent && parent->is_digest);
    described.id = nstring(std::move(content.id));
    described.description = nstring(std::move(content.description));
    described.encoding = without_nul(content.transfer_encoding.value_or("7bit"));
    described.octets = part.body_size;
    described.md5 = nstring(std::move(content.md5));
    if (content.disposition)
        described.disposition = {without_nul(std::move(content.disposition->type)),
                                 body_parameters(std::move(content.disposition->parameters))};
    std::transform(std::make_move_iterator(content.languages.begin()),
                   std::make_move_iterator(content.languages.end()),
                   std::back_inserter(described.languages), without_nul);
    described.location = nstring(std::move(content.location));

    for (const auto* child = structure.part(part.first_child); child != nullptr;
         child = structure.part(child->next_sibling))
        described.children.push_back(body_structure(view, structure, *child));
    if (part.kind == Kind::message) {
        described.lines = part.body_lines;
        described.envelope = envelope(header_of(view, *structure.part(part.first_child)));
    }
    // Dovecot remembers of such a message only that it is one, and forgets the letters' case.
    if (!parent && is_plain_text(described)) {
        described.type = "text";
        described.subtype = "plain";
        described.parameters = {{"charset", "us-ascii"}};
        described.encoding = "7bit";
    }
    return described;
}

}  // namespace proxy
