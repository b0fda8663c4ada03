#pragma once

#include <span>

#include "keystore/secret.hpp"
#include "smime/cms.hpp"

namespace smime {

/// Gives what the compressed-data that was read from buffer holds (RFC 3274), in a buffer of its
/// own. Its size is found first, in constant memory; Error::too_complex beyond largest octets or
/// limits::compression_ratio times what is compressed (ENC-14). What follows the compressed stream,
/// or is missing from it, makes it malformed: nothing is dropped silently.
Result<keystore::SecretBytes> open_compressed_data(const keystore::der::Element& content,
                                                   std::span<std::uint8_t> buffer,
                                                   std::size_t largest);

}  // namespace smime
