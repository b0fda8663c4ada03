#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "imap/section.hpp"
#include "smime/mime.hpp"
#include "smime/view.hpp"

namespace proxy {

/// Octets of a message that may lie in both pieces of its view. They point into it.
struct MessageOctets {
    std::string_view head, tail;
    std::size_t size() const { return head.size() + tail.size(); }
};

MessageOctets message_octets(const smime::View& view, std::size_t offset, std::size_t size);

/// The part of a message that these numbers name (RFC 9051, 6.4.5); null if there is none.
const smime::MimePart* find_part(const smime::MimeStructure& structure,
                                 const std::vector<std::uint32_t>& numbers);

/// The octets that a section names but for HEADER.FIELDS; nothing if there is no such section.
std::optional<MessageOctets> section_octets(const smime::View& view,
                                            const smime::MimeStructure& structure,
                                            const imap::SectionSpec& section);

/// The octets of HEADER.FIELDS and HEADER.FIELDS.NOT; nothing if there is no such header.
std::optional<std::string> header_fields(const smime::View& view,
                                         const smime::MimeStructure& structure,
                                         const imap::SectionSpec& section);

}  // namespace proxy
