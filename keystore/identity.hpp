#pragma once

#include <string>

#include "keystore/certificate.hpp"
#include "keystore/crypto.hpp"

namespace keystore {

/// How a key transport recipient's key is wrapped.
struct KeyTransport {
    enum class Scheme { pkcs1_v15, oaep };
    Scheme scheme = Scheme::pkcs1_v15;
    Digest hash = Digest::sha1;  ///< of OAEP (RFC 4055, 4.1: SHA-1 where absent)
    Digest mgf1_hash = Digest::sha1;
    Bytes label;
};

/// Identity is a certificate with its private key: what the owner can be addressed by, and open
/// with. The only file that calls a private key, so that a process or a token can take its place.
class Identity {
public:
    Identity(Certificate certificate, PrivateKey key, std::string source);

    const Certificate& certificate() const { return certificate_; }
    std::size_t key_bits() const { return key_.bits(); }  ///< of the RSA modulus, for advice
    const std::string& source() const {
        return source_;
    }  ///< the file it came from, for messages to the owner

    /// Unwraps a content-encryption key of key_length octets (RFC 5652, 6.2.1; RFC 3560). Never
    /// fails: what does not open gives random octets that are not valid (implicit rejection), in
    /// the same time. Nothing only for what is public: the key is not RSA, or encrypted_key is not
    /// of the modulus' size.
    std::optional<UnwrappedKey> decrypt_key(const KeyTransport& transport, BytesView encrypted_key,
                                            std::size_t key_length) const;

private:
    Certificate certificate_;
    PrivateKey key_;
    std::string source_;
};

}  // namespace keystore
