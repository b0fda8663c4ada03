#pragma once

#include "keystore/crypto.hpp"

namespace keystore {

/// RecipientKey is the public key of a certificate that something is encrypted to.
class RecipientKey {
public:
    /// Reads the DER of a SubjectPublicKeyInfo (RFC 3279, 2.3.1; RFC 5480; RFC 8410). Nothing if it
    /// is neither an RSA key nor one of ECDH on a curve that is offered.
    static std::optional<RecipientKey> parse(BytesView subject_public_key_info);

    std::optional<Curve> curve() const { return curve_; }  ///< none: it is RSA

    /// A key encrypted by RSAES-PKCS1-v1_5 (RFC 8017, 7.2.1). Nothing if this key is not RSA, or
    /// too short for it.
    std::optional<Bytes> transport(BytesView key) const;

    /// A key pair made for one message, as its recipient is shown it, and the secret shared with
    /// him.
    struct Agreement {
        Bytes public_key;
        SecretBytes secret;
    };
    /// Nothing if this key is RSA, or no point of its curve.
    std::optional<Agreement> agree() const;

private:
    std::optional<Curve> curve_;
    Bytes point_;               // of ECDH, as it is sent
    Bytes modulus_, exponent_;  // RSA, without leading zeros
};

}  // namespace keystore
