#pragma once

#include <optional>
#include <string_view>

#include "keystore/curve.hpp"
#include "keystore/der.hpp"

namespace keystore {

/// EcPrivateKey is the private key of ECDH as its file has it. A view into the octets it was read
/// from.
struct EcPrivateKey {
    Curve curve = Curve::p256;
    BytesView octets;  ///< big-endian (SEC 1, 2.3.7), of X25519 as RFC 7748 has it

    /// Reads an ECPrivateKey (RFC 5915, 3), which names its curve itself. Nothing if it is none, or
    /// on a curve that is not offered.
    static std::optional<EcPrivateKey> read(BytesView ec_private_key);

    /// Reads the key of a PrivateKeyInfo (RFC 5958, 2) with this algorithm and these parameters
    /// (RFC 5480, 2.1.1; RFC 8410, 7).
    static std::optional<EcPrivateKey> read(std::string_view algorithm, der::Reader parameters,
                                            BytesView key);
};

/// The SubjectPublicKeyInfo of a public key (RFC 5480, 2; RFC 8410, 4).
Bytes subject_public_key_info(Curve curve, BytesView public_key);

}  // namespace keystore
