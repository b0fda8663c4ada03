#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "keystore/certificate.hpp"

namespace smime {

/// How content is encrypted: with a tag over the whole, or as every mailer can read it.
enum class EnvelopeCipher {
    aes_256_gcm,  ///< AuthEnvelopedData (RFC 5083, 5084)
    aes_256_cbc,  ///< EnvelopedData (RFC 5652, 3565)
};

/// The CMS ContentInfo of an envelope, in DER. Its large part stands where the content stood.
struct Envelope {
    keystore::Bytes before;
    keystore::SecretBytes ciphertext;
    keystore::Bytes behind;
};

/// Encrypts content in place, to one certificate: RSAES-PKCS1-v1_5 for an RSA key, which every
/// mailer can read (RFC 8551, 2.3); for the curves one-pass ECDH with SHA-256 and AES-256 key wrap
/// (RFC 5753, 3.1; RFC 8418 for X25519). Nothing if the certificate has another key. Throws
/// std::runtime_error if the system has no random numbers.
std::optional<Envelope> write_envelope(keystore::SecretBytes content,
                                       const keystore::Certificate& recipient,
                                       EnvelopeCipher cipher);

/// The smime-type of such an envelope (RFC 8551, 3.2.2).
std::string_view smime_type(EnvelopeCipher cipher);

}  // namespace smime
