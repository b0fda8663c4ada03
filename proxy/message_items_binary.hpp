#pragma once

#include <optional>

#include "keystore/secret.hpp"
#include "proxy/message_items_section.hpp"

namespace proxy {

/// What BINARY[…] names (RFC 3516, 4.2): a part without its transfer encoding.
struct BinaryOctets {
    MessageOctets octets;     ///< of the view, or of decoded
    bool is_decoded = false;  ///< true for what would not be the same in BODY[…]
    keystore::SecretBytes decoded;
};

/// The octets that BINARY[section] names; nothing if the part's transfer encoding is not known. A
/// part that has parts has no encoding of its own (RFC 9051, 6.4.5.1 knows BINARY of leaves alone)
/// and is given as it stands. A section that does not exist has no octets.
std::optional<BinaryOctets> binary_octets(const smime::View& view,
                                          const smime::MimeStructure& structure,
                                          const imap::SectionSpec& section);

/// False if binary_octets() is nothing. Decodes nothing.
bool knows_encoding(const smime::View& view, const smime::MimeStructure& structure,
                    const imap::SectionSpec& section);

}  // namespace proxy
