#pragma once

#include <string_view>

#include "smime/result.hpp"

namespace smime {

/// How a body is written down (RFC 2045, 6).
enum class TransferEncoding { identity, base64, quoted_printable, unknown };

/// Entity is a message or MIME entity seen from outside: its header, its body, and what the header
/// says of the body as far as opening it is concerned. Views point into the octets it was read
/// from.
struct Entity {
    enum class Kind {
        other,
        pkcs7_mime,       ///< application/(x-)pkcs7-mime, whatever its smime-type
        p7m_file,         ///< application/octet-stream named *.p7m, *.p7s, *.p7c or *.p7z: only its
                          ///< content tells
        clear_signed,     ///< multipart/signed with a PKCS#7 signature, or that names no protocol:
                          ///< read_multipart_signed() tells
        pkcs7_signature,  ///< application/(x-)pkcs7-signature
    };

    std::string_view header;  ///< the blank line included
    std::string_view body;
    Kind kind = Kind::other;
    bool has_parts = false;  ///< multipart/* or message/rfc822
    TransferEncoding transfer_encoding = TransferEncoding::identity;
    /// Two readers could see two bodies: a structural field stands there twice, or the header has
    /// octets that not everyone takes for the same (MIME-04).
    bool ambiguous = false;
    /// The same for one that is a cryptographic layer, of which more is asked: besides, no line of
    /// its header ends otherwise than the first, and Content-Type is strict.
    bool ambiguous_layer = false;
    bool too_complex = false;  ///< its header is beyond the limits

    static Entity read(std::string_view octets);
};

/// True if octets begin as a MIME entity does: with a blank line, or with a header block of nothing
/// but fields, one of them structural. Anything else is text that happens to have a colon in it
/// (MIME-05).
bool is_mime_entity(std::string_view octets);

}  // namespace smime
