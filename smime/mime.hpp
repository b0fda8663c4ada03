#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "smime/header.hpp"

namespace smime {

/// MimePart is one part of a message (RFC 2046): what it is and where its octets are. Offsets count
/// from the message's first octet.
struct MimePart {
    enum class Kind {
        single,     ///< neither of the others
        multipart,  ///< its children are its parts; it has none if no boundary line was found
        message,    ///< message/rfc822: its one child is the message
    };
    static constexpr std::uint32_t none = UINT32_MAX;

    Kind kind = Kind::single;
    bool is_mime = false;    ///< its Content-* fields count
    bool is_digest = false;  ///< multipart/digest: a child that says no type is message/rfc822
    std::size_t header_offset = 0, header_size = 0;  ///< the blank line included
    std::size_t body_offset = 0, body_size = 0;
    std::uint64_t body_lines = 0;
    std::uint32_t parent = none, first_child = none, next_sibling = none;  ///< see part()
};

/// MimeStructure is the tree of a message's parts, decided as Dovecot decides it for the same
/// octets, so that part numbers and sizes agree with what IMAP servers tell, on malformed messages
/// too. It is read in linear time and without recursion. What nests deeper than limits::mime_depth
/// or comes after limits::mime_parts is not looked into.
class MimeStructure {
public:
    /// Reads a message that comes in two pieces: its header, with the blank line, and its body.
    MimeStructure(std::string_view header, std::string_view body);

    const MimePart& root() const { return parts_.front(); }
    /// All parts: each before its children, those before its next sibling.
    const std::vector<MimePart>& parts() const { return parts_; }
    /// The part of this index, or null for MimePart::none.
    const MimePart* part(std::uint32_t index) const {
        return index == MimePart::none ? nullptr : &parts_[index];
    }

private:
    std::vector<MimePart> parts_;
};

/// ContentFields are the fields of a header that describe the body (RFC 2045, 2183, 3282, 2557,
/// 1864). Of a field that stands there twice the first that can be read counts.
struct ContentFields {
    std::optional<ContentType> type;
    std::optional<ContentDisposition> disposition;
    std::optional<std::string> transfer_encoding;
    std::optional<std::string> id, description, md5, location;  ///< as folded_with_lf() gives them
    std::vector<std::string> languages;
};

ContentFields read_content_fields(std::string_view header);

}  // namespace smime
