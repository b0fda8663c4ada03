#include "proxy/message_items.hpp"

#include <algorithm>

#include "imap/body_structure.hpp"
#include "proxy/email_id.hpp"
#include "proxy/message_items_binary.hpp"
#include "proxy/message_items_section.hpp"
#include "proxy/message_items_structure.hpp"
#include "proxy/preview.hpp"

namespace proxy {
namespace {

using imap::DataItem;

/// Makes room for a literal of so many octets. What comes behind it, the tagged response included,
/// is not to move a large message again.
void reserve_for(imap::Writer& out, std::size_t octets) {
    constexpr std::size_t behind = 256;
    out.reserve_more(octets + behind);
}

/// Writes octets of a message as a literal. A NUL can stand in none; Dovecot sends 0x80 for it.
void write_literal(imap::Writer& out, const MessageOctets& octets) {
    reserve_for(out, octets.size());
    out.raw("{");
    out.number(octets.size());
    out.raw("}\r\n");
    for (auto piece : {octets.head, octets.tail}) {
        for (auto nul = piece.find('\0'); nul != std::string_view::npos; nul = piece.find('\0')) {
            out.raw(piece.substr(0, nul));
            out.raw("\x80");
            piece.remove_prefix(nul + 1);
        }
        out.raw(piece);
    }
}

bool has_nul(const MessageOctets& octets) {
    return octets.head.find('\0') != std::string_view::npos ||
           octets.tail.find('\0') != std::string_view::npos;
}

///     literal8 = "~{" number64 "}" CRLF *OCTET
void write_literal8(imap::Writer& out, const MessageOctets& octets) {
    reserve_for(out, octets.size());
    out.raw("~{");
    out.number(octets.size());
    out.raw("}\r\n");
    out.raw(octets.head);
    out.raw(octets.tail);
}

/// What a partial leaves of octets: nothing if it begins behind their end.
MessageOctets cut(const MessageOctets& octets, const imap::Partial& partial) {
    const auto start = std::min<std::uint64_t>(partial.offset, octets.size());
    const auto size = std::min<std::uint64_t>(partial.length, octets.size() - start);
    const auto in_head = std::min<std::uint64_t>(start, octets.head.size());
    const auto head = octets.head.substr(in_head, size);
    return {head, octets.tail.substr(start - in_head, size - head.size())};
}

std::string upper_case(std::string text) {
    for (auto& c : text)
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - ('a' - 'A'));
    return text;
}

}  // namespace

struct MessageItems::Parts {
    smime::View view;
    smime::MimeStructure structure;

    void write_section(imap::Writer& out, const imap::MessageDataItemName& name) const;
    void write_binary(imap::Writer& out, const imap::MessageDataItemName& name) const;
    void write_binary_size(imap::Writer& out, const imap::MessageDataItemName& name) const;
};

MessageItems::MessageItems(smime::View view, Keywords keywords, Outcome outcome)
    : keywords_{keywords}, outcome_{outcome} {
    smime::MimeStructure structure{view.header(), view.body()};
    parts_ = std::make_unique<const Parts>(Parts{std::move(view), std::move(structure)});
}

MessageItems::~MessageItems() = default;

const smime::View& MessageItems::view() const {
    return parts_->view;
}

// The key is what Dovecot makes of the one that was asked: in upper case, without PEEK and without
// the partial's length.
void MessageItems::Parts::write_section(imap::Writer& out,
                                        const imap::MessageDataItemName& name) const {
    auto section = name.section;
    for (auto& field : section.header_list) field = upper_case(std::move(field));
    out.raw("BODY");
    imap::write_section(out, section);
    if (name.partial) {
        out.raw("<");
        out.number(name.partial->offset);
        out.raw(">");
    }
    out.sp();

    std::optional<std::string> fields;
    MessageOctets octets;
    if (section.text == imap::SectionText::header_fields ||
        section.text == imap::SectionText::header_fields_not) {
        fields = header_fields(view, structure, section);
        if (fields) octets.head = *fields;
    } else {
        octets = section_octets(view, structure, section).value_or(MessageOctets{});
    }
    // A section that does not exist is empty, not NIL, to Dovecot.
    write_literal(out, name.partial ? cut(octets, *name.partial) : octets);
}

// A literal8 where something was decoded, as Dovecot writes it, or where only that can hold it.
void MessageItems::Parts::write_binary(imap::Writer& out,
                                       const imap::MessageDataItemName& name) const {
    out.raw("BINARY");
    imap::write_section(out, name.section);
    if (name.partial) {
        out.raw("<");
        out.number(name.partial->offset);
        out.raw(">");
    }
    out.sp();
    const auto binary = binary_octets(view, structure, name.section);
    if (!binary) return out.nil();
    const auto octets = name.partial ? cut(binary->octets, *name.partial) : binary->octets;
    if (binary->is_decoded || has_nul(octets))
        write_literal8(out, octets);
    else
        write_literal(out, octets);
}

void MessageItems::Parts::write_binary_size(imap::Writer& out,
                                            const imap::MessageDataItemName& name) const {
    out.raw("BINARY.SIZE");
    imap::write_section(out, name.section);
    out.sp();
    const auto binary = binary_octets(view, structure, name.section);
    out.number(binary ? binary->octets.size() : 0);
}

std::string MessageItems::email_id(std::string_view email_id) const {
    return outcome_ == Outcome::opened ? email_id_of_view(view(), email_id) : std::string{email_id};
}

bool MessageItems::can_answer(const imap::MessageDataItemName& name) const {
    if (name.item != DataItem::binary && name.item != DataItem::binary_size) return true;
    return knows_encoding(parts_->view, parts_->structure, name.section);
}

void MessageItems::write(imap::Writer& out, const imap::MessageDataItemName& name) const {
    const auto& [view, structure] = *parts_;
    const auto& root = structure.root();
    switch (name.item) {
        case DataItem::rfc822_size:
            out.raw("RFC822.SIZE ");
            out.number(view.size());
            return;
        case DataItem::envelope:
            out.raw("ENVELOPE ");
            imap::write_envelope(out, envelope(view.header()));
            return;
        case DataItem::body:
            out.raw("BODY ");
            imap::write_body(out, body_structure(view, structure, root));
            return;
        case DataItem::body_structure:
            out.raw("BODYSTRUCTURE ");
            imap::write_body_structure(out, body_structure(view, structure, root));
            return;
        case DataItem::rfc822:
            out.raw("RFC822 ");
            write_literal(out, {view.header(), view.body()});
            return;
        case DataItem::rfc822_header:
            out.raw("RFC822.HEADER ");
            write_literal(out, {view.header(), {}});
            return;
        case DataItem::rfc822_text:
            out.raw("RFC822.TEXT ");
            write_literal(out, {view.body(), {}});
            return;
        case DataItem::body_section:
            parts_->write_section(out, name);
            return;
        case DataItem::binary:
            parts_->write_binary(out, name);
            return;
        case DataItem::binary_size:
            parts_->write_binary_size(out, name);
            return;
        case DataItem::preview:
            out.raw("PREVIEW ");
            out.quoted_or_literal(preview(view, structure));
            return;
        // Its capability is hidden. A server that sends it unasked must not show ciphertext.
        case DataItem::snippet:
            out.raw("SNIPPET NIL");
            return;
        case DataItem::flags:
        case DataItem::internal_date:
        case DataItem::uid:
        case DataItem::modseq:
        case DataItem::email_id:
        case DataItem::other:
            return;
    }
}

}  // namespace proxy
