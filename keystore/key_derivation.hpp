#pragma once

#include "keystore/crypto.hpp"

/// Keys from a shared secret.
namespace keystore {

/// The key derivation function of ANSI X9.63 (SEC 1, 3.6.1; RFC 5753, 7.1.4).
SecretBytes derive_x963(Digest digest, BytesView secret, BytesView shared_info, std::size_t length);

/// HKDF (RFC 5869); an empty salt is as many zeros as the digest has octets. Throws
/// std::invalid_argument for more than 255 digests.
SecretBytes derive_hkdf(Digest digest, BytesView secret, BytesView salt, BytesView info,
                        std::size_t length);

}  // namespace keystore
