#include "smime/cipher_parameters.hpp"

namespace smime {

namespace der = keystore::der;

namespace {

using Mode = ContentCipher::Mode;
using Parameters = std::optional<der::Element>;

constexpr std::size_t aes_block = 16;
constexpr std::size_t des_block = 8;    // RC2's, too
constexpr std::size_t aead_nonce = 12;  // ChaCha20's; the one size that RFC 5084, 3.2 recommends
constexpr std::size_t smallest_ccm_nonce = 7;
constexpr std::size_t largest_ccm_nonce = 13;
constexpr std::size_t largest_nonce = 1024;  // of an unusual one that is not taken for damage
constexpr std::size_t smallest_tag = 12;
constexpr std::size_t largest_tag = 16;

/// Octets of a primitive string, copied only if they are not too many.
std::optional<keystore::Bytes> read_octets(const Parameters& parameters, std::size_t smallest,
                                           std::size_t largest) {
    if (!parameters || parameters->tag != der::octet_string) return std::nullopt;
    const BytesView octets = parameters->content;
    if (octets.size() < smallest || octets.size() > largest) return std::nullopt;
    return keystore::Bytes{octets.begin(), octets.end()};
}

/// The octets of RC2's key, as many as effective bits, that a version number stands for.
std::optional<std::size_t> rc2_key_length(std::uint64_t version) {
    switch (version) {
        case 160:
            return 40 / 8;
        case 120:
            return 64 / 8;
        case 58:
            return 128 / 8;
        default:
            return std::nullopt;
    }
}

///     RC2CBCParameter ::= SEQUENCE { rc2ParameterVersion INTEGER, iv OCTET STRING }
Result<CbcParameters> read_rc2_parameters(const Parameters& parameters) {
    if (!parameters || parameters->tag != der::sequence) return Error::malformed;
    der::Reader in = der::Reader::inside(*parameters, der::Limits::ber());
    const auto version = in.small_integer();
    auto iv = read_octets(in.next(), des_block, des_block);
    if (!version || !iv || !in.at_end()) return Error::malformed;
    const auto key_length = rc2_key_length(*version);
    if (!key_length) return Error::unsupported_algorithm;
    return CbcParameters{std::move(*iv), *key_length};
}

///     GCMParameters ::= SEQUENCE { aes-nonce OCTET STRING,
///                                  aes-ICVlen INTEGER (12..16) DEFAULT 12 }
///     CCMParameters ::= SEQUENCE { aes-nonce OCTET STRING (SIZE(7..13)),
///                                  aes-ICVlen INTEGER (4 | 6 | … | 16) DEFAULT 12 }
Result<AeadParameters> read_gcm_or_ccm_parameters(Mode mode, const Parameters& parameters) {
    if (!parameters || parameters->tag != der::sequence) return Error::malformed;
    der::Reader in = der::Reader::inside(*parameters, der::Limits::ber());
    const auto nonce = in.next(der::octet_string);
    if (!nonce || nonce->tag.constructed || nonce->content.size() > largest_nonce)
        return Error::malformed;
    std::uint64_t tag_size = 12;
    if (!in.at_end()) {
        const auto number = in.small_integer();
        if (!number || !in.at_end()) return Error::malformed;
        tag_size = *number;
    }
    if (tag_size < smallest_tag || tag_size > largest_tag) return Error::malformed;
    if (mode == Mode::aes_gcm) {
        auto octets = read_octets(nonce, aead_nonce, aead_nonce);
        if (!octets) return Error::unsupported_algorithm;
        return AeadParameters{std::move(*octets), tag_size};
    }
    auto octets = read_octets(nonce, smallest_ccm_nonce, largest_ccm_nonce);
    if (!octets || tag_size % 2 != 0) return Error::malformed;
    return AeadParameters{std::move(*octets), tag_size};
}

}  // namespace

Result<CbcParameters> read_cbc_parameters(const ContentCipher& cipher,
                                          const Parameters& parameters) {
    if (cipher.mode == Mode::rc2_cbc) return read_rc2_parameters(parameters);
    const std::size_t block = cipher.mode == Mode::aes_cbc ? aes_block : des_block;
    auto iv = read_octets(parameters, block, block);
    if (!iv) return Error::malformed;
    return CbcParameters{std::move(*iv), cipher.key_length};
}

Result<AeadParameters> read_aead_parameters(const ContentCipher& cipher,
                                            const Parameters& parameters) {
    if (cipher.mode != Mode::chacha20_poly1305)
        return read_gcm_or_ccm_parameters(cipher.mode, parameters);
    auto nonce = read_octets(parameters, aead_nonce, aead_nonce);
    if (!nonce) return Error::malformed;
    return AeadParameters{std::move(*nonce), largest_tag};
}

}  // namespace smime
