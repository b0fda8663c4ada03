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

/// How a key agreement recipient's key is wrapped (RFC 5753, 3.1; RFC 8418): ECDH with a key that
/// the sender made for this message, a derivation, and a key wrap.
struct KeyAgreement {
    enum class Derivation { x963, hkdf };
    enum class Wrap { aes, des3 };
    Derivation derivation = Derivation::x963;
    Digest hash = Digest::sha256;
    Wrap wrap = Wrap::aes;
    std::size_t kek_length = 16;       ///< of the key that wraps
    std::optional<std::string> curve;  ///< OID, if the sender names it
    Bytes public_key;                  ///< the sender's
    Bytes shared_info;                 ///< the DER of ECC-CMS-SharedInfo
    Bytes user_keying_material;        ///< may be empty
};

/// Identity is a certificate with its private key: what the owner can be addressed by, and open
/// with. The only file that calls a private key, so that a process or a token can take its place.
class Identity {
public:
    Identity(Certificate certificate, PrivateKey key, std::string source);

    const Certificate& certificate() const { return certificate_; }
    /// "rsa 2048 bits", "ec p256", "x25519": for messages to the owner.
    std::string key_text() const;
    /// True for an RSA key that is too short by now: what it opens is legacy (RFC 8551, 4.5;
    /// ENC-12).
    bool is_weak() const;
    const std::string& source() const {
        return source_;
    }  ///< the file it came from, for messages to the owner

    /// Unwraps a content-encryption key of key_length octets (RFC 5652, 6.2.1; RFC 3560). Never
    /// fails: what does not open gives random octets that are not valid (implicit rejection), in
    /// the same time. Nothing only for what is public: the key is not RSA, or encrypted_key is not
    /// of the modulus' size.
    std::optional<UnwrappedKey> decrypt_key(const KeyTransport& transport, BytesView encrypted_key,
                                            std::size_t key_length) const;

    /// The same of a key that both sides agree on (RFC 5652, 6.2.2; RFC 5753, 3.1). Nothing only
    /// for what is public: the key is RSA or on another curve than named, or encrypted_key is not
    /// of the size that a wrapped key has.
    std::optional<UnwrappedKey> agree_key(const KeyAgreement& agreement, BytesView encrypted_key,
                                          std::size_t key_length) const;

private:
    Certificate certificate_;
    PrivateKey key_;
    std::string source_;
};

}  // namespace keystore
