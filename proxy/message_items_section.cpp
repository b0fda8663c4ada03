#include "proxy/message_items_section.hpp"

#include <algorithm>

#include "proxy/message_items_structure.hpp"

namespace proxy {
namespace {

using Kind = smime::MimePart::Kind;

const smime::MimePart* nth_child(const smime::MimeStructure& structure, const smime::MimePart& part,
                                 std::uint32_t number) {
    const auto* child = structure.part(part.first_child);
    for (; child && number > 1; --number) child = structure.part(child->next_sibling);
    return child;
}

/// The message whose header and text a section names: the whole one or that in a message/rfc822.
const smime::MimePart* find_message(const smime::MimeStructure& structure,
                                    const std::vector<std::uint32_t>& numbers) {
    const auto* const part = find_part(structure, numbers);
    if (numbers.empty() || !part) return part;
    return part->kind == Kind::message ? structure.part(part->first_child) : nullptr;
}

}  // namespace

MessageOctets message_octets(const smime::View& view, std::size_t offset, std::size_t size) {
    const auto header = view.header();
    if (offset >= header.size()) return {view.body().substr(offset - header.size(), size), {}};
    const auto head = header.substr(offset, size);
    return {head, view.body().substr(0, size - head.size())};
}

const smime::MimePart* find_part(const smime::MimeStructure& structure,
                                 const std::vector<std::uint32_t>& numbers) {
    const auto* part = &structure.root();
    for (std::size_t i = 0; i < numbers.size() && part; ++i) {
        const bool more = i + 1 < numbers.size();
        // A message that is no multipart has one part: itself.
        if (part->kind == Kind::multipart)
            part = nth_child(structure, *part, numbers[i]);
        else if (numbers[i] != 1 || (more && part->kind != Kind::message))
            part = nullptr;
        if (part && more && part->kind == Kind::message) part = structure.part(part->first_child);
    }
    return part;
}

std::optional<MessageOctets> section_octets(const smime::View& view,
                                            const smime::MimeStructure& structure,
                                            const imap::SectionSpec& section) {
    const bool of_message =
        section.text == imap::SectionText::header || section.text == imap::SectionText::text;
    const auto* const part =
        of_message ? find_message(structure, section.part) : find_part(structure, section.part);
    if (!part) return std::nullopt;
    switch (section.text) {
        case imap::SectionText::none:
            if (section.part.empty()) return MessageOctets{view.header(), view.body()};
            return message_octets(view, part->body_offset, part->body_size);
        case imap::SectionText::text:
            return message_octets(view, part->body_offset, part->body_size);
        case imap::SectionText::header:
        case imap::SectionText::mime:
            return MessageOctets{header_of(view, *part), {}};
        case imap::SectionText::header_fields:
        case imap::SectionText::header_fields_not:
            break;
    }
    return std::nullopt;
}

std::optional<std::string> header_fields(const smime::View& view,
                                         const smime::MimeStructure& structure,
                                         const imap::SectionSpec& section) {
    const auto* const part = find_message(structure, section.part);
    if (!part) return std::nullopt;
    const bool wanted = section.text == imap::SectionText::header_fields;
    std::string octets;
    smime::HeaderScanner fields{header_of(view, *part)};
    while (const auto field = fields.next()) {
        const bool named = std::any_of(section.header_list.begin(), section.header_list.end(),
                                       [&](const std::string& name) { return field->is(name); });
        if (named == wanted) octets += field->octets;
    }
    // Dovecot ends the fields of the whole message with a blank line, there or not.
    if (fields.ended_by_blank_line() || (wanted && section.part.empty())) octets += "\r\n";
    return octets;
}

}  // namespace proxy
