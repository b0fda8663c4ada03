#pragma once

#include <optional>
#include <span>

#include "smime/algorithms.hpp"
#include "smime/cms.hpp"

namespace smime {

/// ContentEncryption is all that decrypting takes but the key and the ciphertext (RFC 5652, 6.3;
/// RFC 3370, 5; RFC 3565; RFC 5084). Making one checks everything that is public, so that a message
/// which mixes algorithms and structures is refused before any key is touched (ENC-01, ENC-02;
/// CVE-2026-34182).
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

    /// Decrypts in place; the size of the plaintext at the head of octets, or nothing. Of GCM no
    /// octet is plaintext before the tag over the whole was found right (ENC-03).
    std::optional<std::size_t> decrypt(BytesView key, std::span<std::uint8_t> octets) const;

private:
    explicit ContentEncryption(const ContentCipher& cipher)
        : cipher_{&cipher}, key_length_{cipher.key_length} {}

    const ContentCipher* cipher_;
    std::size_t key_length_;
    keystore::Bytes iv_;  ///< or nonce
    keystore::Bytes aad_;
    keystore::Bytes mac_;
};

/// "aes-256-cbc" …, or the OID itself for what has no name.
std::string_view content_encryption_word(const EncryptedContentInfo& info);

}  // namespace smime
