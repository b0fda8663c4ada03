#include "smime/content_encryption.hpp"

#include "keystore/rc2.hpp"
#include "smime/canonical.hpp"

namespace smime {

namespace der = keystore::der;

namespace {

constexpr std::size_t aes_block = 16;
constexpr std::size_t des_block = 8;   // RC2's, too
constexpr std::size_t gcm_nonce = 12;  // the one size that RFC 5084, 3.2 recommends
constexpr std::uint64_t smallest_tag = 12;
constexpr std::uint64_t largest_tag = 16;

///     AES-IV ::= OCTET STRING (SIZE(16))                     ; RFC 3565, 4.2
///     CBCParameter ::= IV                                    ; RFC 3370, 5.1
///     IV ::= OCTET STRING  -- exactly 8 octets
std::optional<keystore::Bytes> read_iv(const std::optional<der::Element>& parameters,
                                       std::size_t block_size) {
    if (!parameters || parameters->tag != der::octet_string ||
        parameters->content.size() != block_size)
        return std::nullopt;
    return keystore::Bytes{parameters->content.begin(), parameters->content.end()};
}

struct Rc2Parameters {
    std::uint64_t version = 0;
    keystore::Bytes iv;
};

///     RC2CBCParameter ::= SEQUENCE { rc2ParameterVersion INTEGER, iv OCTET STRING }
///                                                            ; RFC 3370, 5.2
std::optional<Rc2Parameters> read_rc2_parameters(const std::optional<der::Element>& parameters) {
    if (!parameters || parameters->tag != der::sequence) return std::nullopt;
    der::Reader in = der::Reader::inside(*parameters, der::Limits::ber());
    const auto version = in.small_integer();
    auto iv = read_iv(in.next(), des_block);
    if (!version || !iv || !in.at_end()) return std::nullopt;
    return Rc2Parameters{*version, std::move(*iv)};
}

/// Octets of the key, as many as effective bits, that a version number stands for; nothing for one
/// that RFC 3370, 5.2 does not tell.
std::optional<std::size_t> rc2_key_length(std::uint64_t version) {
    switch (version) {
        case 160:
            return 40 / 8;
        case 120:
            return 64 / 8;
        case 58:
            return 128 / 8;
    }
    return std::nullopt;
}

struct GcmParameters {
    keystore::Bytes nonce;
    std::uint64_t icv_length = 12;
};

///     GCMParameters ::= SEQUENCE { aes-nonce OCTET STRING,
///                                  aes-ICVlen INTEGER (12..16) DEFAULT 12 }   ; RFC 5084, 3.2
std::optional<GcmParameters> read_gcm_parameters(const AlgorithmIdentifier& identifier) {
    if (!identifier.parameters || identifier.parameters->tag != der::sequence) return std::nullopt;
    der::Reader in = der::Reader::inside(*identifier.parameters, der::Limits::ber());
    const auto nonce = in.next(der::octet_string);
    if (!nonce || nonce->tag.constructed || nonce->content.size() > 1024) return std::nullopt;
    GcmParameters parameters{{nonce->content.begin(), nonce->content.end()}};
    if (!in.at_end()) {
        const auto icv_length = in.small_integer();
        if (!icv_length || !in.at_end()) return std::nullopt;
        parameters.icv_length = *icv_length;
    }
    return parameters;
}

const ContentCipher* offered_cipher(const EncryptedContentInfo& info) {
    const ContentCipher* cipher = content_cipher(info.content_encryption_algorithm.algorithm);
    return cipher && cipher->mode != ContentCipher::Mode::not_offered ? cipher : nullptr;
}

}  // namespace

Result<ContentEncryption> ContentEncryption::of(const EnvelopedData& enveloped_data) {
    const EncryptedContentInfo& info = enveloped_data.encrypted_content_info;
    const ContentCipher* cipher = offered_cipher(info);
    if (!cipher) return Error::unsupported_algorithm;
    if (cipher->aead) return Error::malformed;
    ContentEncryption encryption{*cipher};
    const auto& parameters = info.content_encryption_algorithm.parameters;
    if (cipher->mode == ContentCipher::Mode::rc2_cbc) {
        auto rc2 = read_rc2_parameters(parameters);
        if (!rc2) return Error::malformed;
        const auto key_length = rc2_key_length(rc2->version);
        if (!key_length) return Error::unsupported_algorithm;
        encryption.key_length_ = *key_length;
        encryption.iv_ = std::move(rc2->iv);
        return encryption;
    }
    auto iv = read_iv(parameters, cipher->legacy ? des_block : aes_block);
    if (!iv) return Error::malformed;
    encryption.iv_ = std::move(*iv);
    return encryption;
}

Result<ContentEncryption> ContentEncryption::of(const AuthEnvelopedData& auth_enveloped_data) {
    const EncryptedContentInfo& info = auth_enveloped_data.encrypted_content_info;
    const ContentCipher* cipher = offered_cipher(info);
    if (!cipher) return Error::unsupported_algorithm;
    if (!cipher->aead) return Error::malformed;
    ContentEncryption encryption{*cipher};
    auto parameters = read_gcm_parameters(info.content_encryption_algorithm);
    if (!parameters) return Error::malformed;
    if (parameters->icv_length < smallest_tag || parameters->icv_length > largest_tag ||
        parameters->icv_length != auth_enveloped_data.mac.size())
        return Error::malformed;
    if (parameters->nonce.size() != gcm_nonce) return Error::unsupported_algorithm;
    encryption.iv_ = std::move(parameters->nonce);
    encryption.mac_ = auth_enveloped_data.mac;
    if (auth_enveloped_data.auth_attrs) {
        auto aad = der_set_of(*auth_enveloped_data.auth_attrs);
        if (!aad) return Error::malformed;
        encryption.aad_ = std::move(*aad);
    }
    return encryption;
}

std::optional<std::size_t> ContentEncryption::decrypt(BytesView key,
                                                      std::span<std::uint8_t> octets) const {
    switch (cipher_->mode) {
        case ContentCipher::Mode::aes_cbc:
            if (!keystore::aes_cbc_decrypt(key, iv_, octets)) return std::nullopt;
            return keystore::size_without_padding(octets, aes_block);
        case ContentCipher::Mode::des_ede3_cbc:
            if (!keystore::des3_cbc_decrypt(key, iv_, octets)) return std::nullopt;
            return keystore::size_without_padding(octets, des_block);
        case ContentCipher::Mode::des_cbc:
            if (!keystore::des_cbc_decrypt(key, iv_, octets)) return std::nullopt;
            return keystore::size_without_padding(octets, des_block);
        case ContentCipher::Mode::rc2_cbc:
            if (!keystore::rc2_cbc_decrypt(key, static_cast<unsigned>(key.size() * 8), iv_, octets))
                return std::nullopt;
            return keystore::size_without_padding(octets, des_block);
        case ContentCipher::Mode::aes_gcm:
            if (!keystore::aes_gcm_decrypt(key, iv_, aad_, mac_, octets)) return std::nullopt;
            return octets.size();
        case ContentCipher::Mode::not_offered:
            break;
    }
    return std::nullopt;
}

std::string_view content_encryption_word(const EncryptedContentInfo& info) {
    const std::string& oid = info.content_encryption_algorithm.algorithm;
    const ContentCipher* cipher = content_cipher(oid);
    return cipher ? cipher->word : std::string_view{oid};
}

}  // namespace smime
