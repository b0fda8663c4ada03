#pragma once

#include <optional>
#include <span>

#include "smime/algorithms.hpp"
#include "smime/cms.hpp"

namespace smime {

/// ContentEncryption is all that decrypting takes but the key and the ciphertext (RFC 5652, 6.3;
/// RFC 3370, 5; RFC 3565; RFC 5084; RFC 8103; RFC 9709). Making one checks everything that is
/// public, so that a message which mixes algorithms and structures is refused before any key is
/// touched (ENC-01, ENC-02; CVE-2026-34182).
class ContentEncryption {
public:
    /// Error::malformed for an AEAD cipher, Error::unsupported_algorithm for what is not offered.
    static Result<ContentEncryption> of(const EnvelopedData& enveloped_data);

    /// Error::malformed for a cipher that is no AEAD.
    static Result<ContentEncryption> of(const AuthEnvelopedData& auth_enveloped_data);

    /// Octets of the content-encryption key.
    std::size_t key_length() const { return key_length_; }

    /// True for a cipher that is opened only if the owner wants it (ENC-12).
    bool is_legacy() const { return cipher_->legacy; }

    /// Decrypts in place; the size of the plaintext at the head of octets, or nothing. Of an AEAD
    /// no octet is plaintext before the tag over the whole was found right (ENC-03).
    std::optional<std::size_t> decrypt(BytesView key, std::span<std::uint8_t> octets) const;

private:
    explicit ContentEncryption(const ContentCipher& cipher)
        : cipher_{&cipher}, key_length_{cipher.key_length} {}

    /// The cipher alone: with an IV or nonce, without what the structure has besides.
    static Result<ContentEncryption> of(const AlgorithmIdentifier& algorithm, bool aead);

    std::optional<std::size_t> decrypt_with(BytesView key, std::span<std::uint8_t> octets) const;

    const ContentCipher* cipher_;
    std::size_t key_length_;
    std::size_t tag_size_ = 0;
    keystore::Bytes iv_;  ///< or nonce
    keystore::Bytes aad_;
    keystore::Bytes mac_;
    keystore::Bytes derivation_info_;  ///< not empty: the key is derived anew (RFC 9709)
};

/// "aes-256-cbc", "cek-hkdf-sha256+aes-256-gcm" …, or the OID itself for what has no name.
std::string content_encryption_word(const EncryptedContentInfo& info);

}  // namespace smime
