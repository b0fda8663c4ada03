#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "keystore/secret.hpp"

namespace smime {

/// What decoding a transfer encoding gave.
struct Decoded {
    keystore::SecretBytes octets;
    /// Characters that do not belong there were skipped, blanks and line ends apart.
    bool junk = false;
};

/// Decodes base64 (RFC 2045, 6.8), as tolerantly as mail needs it (MIME-09): line ends, blanks and
/// foreign characters are skipped, missing padding is no error, text behind the padding is not
/// read. Gives at most 3/4 of the text's size.
Decoded decode_base64(std::string_view text);

/// Decodes quoted-printable (RFC 2045, 6.7): blanks before a line end fall away, an "=" that begins
/// no octet stays as it is and counts as junk.
Decoded decode_quoted_printable(std::string_view text);

/// The base64 of octets in lines of 76 characters, each with CRLF.
std::string encode_base64(keystore::BytesView octets);

}  // namespace smime
