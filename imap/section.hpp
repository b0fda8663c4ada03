#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "imap/cursor.hpp"
#include "imap/writer.hpp"

namespace imap {

/// What a section names within its part (RFC 9051, 6.4.5, section-msgtext and section-text).
enum class SectionText { none, header, header_fields, header_fields_not, text, mime };

/// SectionSpec is what stands between the brackets of BODY[…]: "1.2.HEADER.FIELDS (FROM)".
struct SectionSpec {
    std::vector<std::uint32_t> part;  ///< empty: the message itself
    SectionText text = SectionText::none;
    std::vector<std::string> header_list;  ///< for header_fields and header_fields_not, as asked
    std::vector<bool> is_string;  ///< of header_list: what was no atom, and is written as none

    bool operator==(const SectionSpec&) const = default;
};

/// Partial is "<offset.length>" of a command (RFC 9051, section 9, partial), in octets.
struct Partial {
    std::uint64_t offset = 0;
    std::uint64_t length = 0;

    bool operator==(const Partial&) const = default;
};

/// Reads "[…]". Nothing, and the cursor where it was, if no section stands here.
///
///     section = "[" [section-spec] "]"
std::optional<SectionSpec> read_section(Cursor& in);

/// Reads "<offset.length>". Nothing, and the cursor where it was, if no partial stands here.
std::optional<Partial> read_partial(Cursor& in);

/// Writes "[…]" so that read_section gives the same again.
void write_section(Writer& out, const SectionSpec& section);

}  // namespace imap
