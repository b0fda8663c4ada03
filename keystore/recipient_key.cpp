#include "keystore/recipient_key.hpp"

#include <algorithm>

#include "keystore/certificate.hpp"
#include "keystore/der.hpp"

namespace keystore {
namespace {

constexpr std::string_view rsa_encryption = "1.2.840.113549.1.1.1";
constexpr std::string_view id_ec_public_key = "1.2.840.10045.2.1";

/// Octets of EME-PKCS1-v1_5 beside the message (RFC 8017, 7.2.1).
constexpr std::size_t padding_overhead = 11;

/// At most every second number of a curve's size is no private key of it: a generator that gives
/// none in so many is broken.
constexpr int key_pair_attempts = 100;

Bytes without_leading_zeros(BytesView octets) {
    const auto first = std::find_if(octets.begin(), octets.end(), [](auto o) { return o != 0; });
    return {first, octets.end()};
}

void fill_with_nonzero(std::span<std::uint8_t> octets) {
    fill_random(octets);
    for (std::uint8_t& octet : octets)
        while (octet == 0) fill_random({&octet, 1});
}

/// A number that may be a private key of the curve: as many random bits as its field has.
SecretBytes random_scalar(Curve curve) {
    SecretBytes scalar{field_size(curve)};
    fill_random(scalar.expose());
    const auto spare = static_cast<unsigned>(8 * field_size(curve) - field_bits(curve));
    if (curve != Curve::x25519)
        scalar.expose().front() = static_cast<std::uint8_t>(scalar.expose().front() >> spare);
    return scalar;
}

}  // namespace

std::optional<RecipientKey> RecipientKey::parse(BytesView subject_public_key_info) {
    der::Reader outer{subject_public_key_info, der::Limits::der()};
    auto info = outer.enter(der::sequence);
    auto identifier = info ? info->enter(der::sequence) : std::nullopt;
    const auto algorithm = identifier ? identifier->oid() : std::nullopt;
    const BytesView octets = subject_public_key(subject_public_key_info);
    if (!algorithm || octets.empty()) return std::nullopt;
    RecipientKey key;
    if (*algorithm == rsa_encryption) {
        der::Reader in{octets, der::Limits::der()};
        auto fields = in.enter(der::sequence);
        const auto modulus = fields ? fields->integer_octets() : std::nullopt;
        const auto exponent = modulus ? fields->integer_octets() : std::nullopt;
        if (!exponent) return std::nullopt;
        key.modulus_ = without_leading_zeros(*modulus);
        key.exponent_ = without_leading_zeros(*exponent);
        return key;
    }
    const auto curve = *algorithm == id_ec_public_key ? identifier->oid() : algorithm;
    if (curve) key.curve_ = curve_of(*curve);
    if (!key.curve_) return std::nullopt;
    key.point_.assign(octets.begin(), octets.end());
    return key;
}

std::optional<Bytes> RecipientKey::transport(BytesView key) const {
    if (modulus_.size() < key.size() + padding_overhead) return std::nullopt;
    SecretBytes encoded{modulus_.size()};  // 00 02 PS 00 M
    const auto octets = encoded.expose();
    octets[0] = 0;
    octets[1] = 2;
    fill_with_nonzero(octets.subspan(2, octets.size() - key.size() - 3));
    octets[octets.size() - key.size() - 1] = 0;
    std::copy(key.begin(), key.end(), octets.end() - static_cast<std::ptrdiff_t>(key.size()));
    return rsa_public(modulus_, exponent_, encoded.expose());
}

std::optional<RecipientKey::Agreement> RecipientKey::agree() const {
    if (!curve_) return std::nullopt;
    for (int attempt = 0; attempt < key_pair_attempts; ++attempt) {
        const SecretBytes scalar = random_scalar(*curve_);
        auto public_key = ecdh_public_key(*curve_, scalar.expose());
        if (!public_key) continue;
        auto secret = ecdh(*curve_, scalar.expose(), point_);
        if (!secret) return std::nullopt;
        return Agreement{std::move(*public_key), std::move(*secret)};
    }
    return std::nullopt;
}

}  // namespace keystore
