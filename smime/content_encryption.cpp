#include "smime/content_encryption.hpp"

#include "keystore/key_derivation.hpp"
#include "keystore/rc2.hpp"
#include "smime/canonical.hpp"
#include "smime/cipher_parameters.hpp"

namespace smime {

namespace der = keystore::der;

namespace {

using Mode = ContentCipher::Mode;

constexpr std::size_t aes_block = 16;
constexpr std::size_t des_block = 8;  // RC2's, too

/// RFC 9709, 2.
constexpr std::string_view derivation_salt = "The Cryptographic Message Syntax";

BytesView octets_of(std::string_view text) {
    return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

/// The AlgorithmIdentifier that id-alg-cek-hkdf-sha256 has as its parameters.
std::optional<AlgorithmIdentifier> derived_for(const AlgorithmIdentifier& algorithm) {
    if (!algorithm.parameters) return std::nullopt;
    der::Reader in{algorithm.parameters->octets, der::Limits::ber()};
    return AlgorithmIdentifier::read(in);
}

}  // namespace

Result<ContentEncryption> ContentEncryption::of(const AlgorithmIdentifier& algorithm, bool aead) {
    if (algorithm.algorithm == oid::cek_hkdf_sha256) {
        const auto inner = derived_for(algorithm);
        if (!inner) return Error::malformed;
        if (inner->algorithm == oid::cek_hkdf_sha256) return Error::unsupported_algorithm;
        auto encryption = of(*inner, aead);
        if (!encryption) return encryption.error();
        auto info = to_der(*algorithm.parameters);
        if (!info) return Error::malformed;
        encryption->derivation_info_ = std::move(*info);
        return encryption;
    }
    const ContentCipher* cipher = content_cipher(algorithm.algorithm);
    if (!cipher || cipher->mode == Mode::not_offered) return Error::unsupported_algorithm;
    if (cipher->aead != aead) return Error::malformed;
    ContentEncryption encryption{*cipher};
    if (aead) {
        auto parameters = read_aead_parameters(*cipher, algorithm.parameters);
        if (!parameters) return parameters.error();
        encryption.iv_ = std::move(parameters->nonce);
        encryption.tag_size_ = parameters->tag_size;
    } else {
        auto parameters = read_cbc_parameters(*cipher, algorithm.parameters);
        if (!parameters) return parameters.error();
        encryption.iv_ = std::move(parameters->iv);
        encryption.key_length_ = parameters->key_length;
    }
    return encryption;
}

Result<ContentEncryption> ContentEncryption::of(const EnvelopedData& enveloped_data) {
    return of(enveloped_data.encrypted_content_info.content_encryption_algorithm, false);
}

Result<ContentEncryption> ContentEncryption::of(const AuthEnvelopedData& auth_enveloped_data) {
    auto encryption =
        of(auth_enveloped_data.encrypted_content_info.content_encryption_algorithm, true);
    if (!encryption) return encryption;
    if (encryption->tag_size_ != auth_enveloped_data.mac.size()) return Error::malformed;
    encryption->mac_ = auth_enveloped_data.mac;
    if (auth_enveloped_data.auth_attrs) {
        auto aad = der_set_of(*auth_enveloped_data.auth_attrs);
        if (!aad) return Error::malformed;
        encryption->aad_ = std::move(*aad);
    }
    return encryption;
}

std::optional<std::size_t> ContentEncryption::decrypt(BytesView key,
                                                      std::span<std::uint8_t> octets) const {
    if (derivation_info_.empty()) return decrypt_with(key, octets);
    const auto derived = keystore::derive_hkdf(
        keystore::Digest::sha256, key, octets_of(derivation_salt), derivation_info_, key_length_);
    return decrypt_with(derived.expose(), octets);
}

std::optional<std::size_t> ContentEncryption::decrypt_with(BytesView key,
                                                           std::span<std::uint8_t> octets) const {
    const auto unpadded = [&](bool decrypted, std::size_t block) {
        return decrypted ? keystore::size_without_padding(octets, block) : std::nullopt;
    };
    const auto whole = [&](bool opened) {
        return opened ? std::optional{octets.size()} : std::nullopt;
    };
    switch (cipher_->mode) {
        case Mode::aes_cbc:
            return unpadded(keystore::aes_cbc_decrypt(key, iv_, octets), aes_block);
        case Mode::des_ede3_cbc:
            return unpadded(keystore::des3_cbc_decrypt(key, iv_, octets), des_block);
        case Mode::des_cbc:
            return unpadded(keystore::des_cbc_decrypt(key, iv_, octets), des_block);
        case Mode::rc2_cbc: {
            const auto effective_bits = static_cast<unsigned>(key.size() * 8);
            return unpadded(keystore::rc2_cbc_decrypt(key, effective_bits, iv_, octets), des_block);
        }
        case Mode::aes_gcm:
            return whole(keystore::aes_gcm_decrypt(key, iv_, aad_, mac_, octets));
        case Mode::aes_ccm:
            return whole(keystore::aes_ccm_decrypt(key, iv_, aad_, mac_, octets));
        case Mode::chacha20_poly1305:
            return whole(keystore::chacha20_poly1305_decrypt(key, iv_, aad_, mac_, octets));
        case Mode::not_offered:
            break;
    }
    return std::nullopt;
}

std::string content_encryption_word(const EncryptedContentInfo& info) {
    const AlgorithmIdentifier& algorithm = info.content_encryption_algorithm;
    const auto word = [](const std::string& oid) {
        const ContentCipher* cipher = content_cipher(oid);
        return cipher ? std::string{cipher->word} : oid;
    };
    if (algorithm.algorithm != oid::cek_hkdf_sha256) return word(algorithm.algorithm);
    const auto inner = derived_for(algorithm);
    return inner ? "cek-hkdf-sha256+" + word(inner->algorithm) : "cek-hkdf-sha256";
}

}  // namespace smime
