#include "keystore/public_key.hpp"

#include <algorithm>
#include <array>
#include <bit>

#include "keystore/der.hpp"
#include "keystore/emsa.hpp"
#include "keystore/limits.hpp"

namespace keystore {
namespace {

constexpr auto encoding = der::Limits::der();
using Family = SignatureAlgorithm::Family;

constexpr std::string_view rsa_encryption = "1.2.840.113549.1.1.1";
constexpr std::string_view rsassa_pss = "1.2.840.113549.1.1.10";
constexpr std::string_view ec_public_key = "1.2.840.10045.2.1";
constexpr std::string_view ed25519 = "1.3.101.112";

Bytes copy(BytesView octets) {
    return {octets.begin(), octets.end()};
}

/// A positive INTEGER without its sign octet.
std::optional<BytesView> positive_integer(der::Reader& in) {
    auto octets = in.integer_octets();
    if (!octets || octets->front() >= 0x80) return std::nullopt;
    if (octets->front() == 0) octets = octets->subspan(1);
    return octets->empty() ? std::nullopt : octets;
}

std::size_t bit_size(BytesView magnitude) {
    return magnitude.size() * 8 - static_cast<std::size_t>(std::countl_zero(magnitude.front()));
}

bool is_null_or_absent(BytesView parameters) {
    return parameters.empty() || std::ranges::equal(parameters, std::array{0x05, 0x00});
}

}  // namespace

//     RSAPublicKey ::= SEQUENCE { modulus INTEGER, publicExponent INTEGER }
bool PublicKey::read_rsa(BytesView key) {
    der::Reader outer{key, encoding};
    auto fields = outer.enter(der::sequence);
    if (!fields || !outer.at_end()) return false;
    const auto n = positive_integer(*fields), e = positive_integer(*fields);
    if (!n || !e || !fields->at_end()) return false;
    bits_ = bit_size(*n);
    kind_ = Kind::rsa;
    if (bits_ > limits::rsa_bits || e->size() > limits::rsa_exponent) kind_ = Kind::too_costly;
    if ((n->back() & 1) == 0 || (e->back() & 1) == 0 || bit_size(*e) < 2) return false;
    modulus_ = copy(*n);
    exponent_ = copy(*e);
    return true;
}

bool PublicKey::read_ec(BytesView point, const std::string& curve_oid) {
    const auto curve = curve_of(curve_oid);
    if (!curve || *curve == Curve::x25519) {  // which signs nothing
        word_ = curve_oid;
        return true;
    }
    curve_ = *curve;
    word_ = curve_word(*curve);
    bits_ = field_bits(*curve);
    const std::size_t size = field_size(*curve);
    if (point.size() == 1 + size && (point[0] == 2 || point[0] == 3)) return true;  // compressed
    if (point.size() != 1 + 2 * size || point[0] != 4) return false;
    kind_ = Kind::ec;
    point_ = copy(point.subspan(1));
    return true;
}

bool PublicKey::read_key(const std::string& oid, BytesView parameters, BytesView key) {
    if (oid == rsa_encryption) {
        word_ = "rsa";
        return is_null_or_absent(parameters) && read_rsa(key);
    }
    if (oid == rsassa_pss) {
        word_ = "rsa-pss";
        only_pss_ = true;
        if (!parameters.empty()) {
            pss_ = PssParameters::parse(parameters);
            if (!pss_) return false;
        }
        return read_rsa(key);
    }
    if (oid == ec_public_key) {
        der::Reader in{parameters, encoding};
        if (in.peek() == der::sequence) {
            kind_ = Kind::explicit_curve;
            word_ = "explicit-curve";
            return true;
        }
        const auto curve = in.oid();
        return curve && in.at_end() && read_ec(key, *curve);
    }
    if (oid == ed25519) {
        kind_ = Kind::ed25519;
        word_ = "ed25519";
        bits_ = 256;
        point_ = copy(key);
        return parameters.empty() && key.size() == 32;
    }
    SignatureAlgorithm named;
    named.oid = oid;
    word_ = named.word();
    return true;
}

std::optional<PublicKey> PublicKey::parse(BytesView subject_public_key_info) {
    der::Reader outer{subject_public_key_info, encoding};
    auto info = outer.enter(der::sequence);
    if (!info || !outer.at_end()) return std::nullopt;
    auto algorithm = info->enter(der::sequence);
    const auto oid = algorithm ? algorithm->oid() : std::nullopt;
    if (!oid) return std::nullopt;
    BytesView parameters;
    if (!algorithm->at_end()) {
        const auto element = algorithm->next();
        if (!element || !algorithm->at_end()) return std::nullopt;
        parameters = element->octets;
    }
    const auto bits = info->next(der::bit_string);
    if (!bits || !info->at_end() || bits->content.empty() || bits->content[0] != 0)
        return std::nullopt;
    PublicKey key;
    if (!key.read_key(*oid, parameters, bits->content.subspan(1))) return std::nullopt;
    return key;
}

bool PublicKey::is_usable() const {
    return kind_ == Kind::rsa || kind_ == Kind::ec || kind_ == Kind::ed25519;
}

bool PublicKey::is_weak() const {
    if (kind_ == Kind::rsa) return bits_ < limits::rsa_strong_bits;
    return kind_ == Kind::explicit_curve;
}

std::uint64_t PublicKey::verify_microseconds() const {
    const std::uint64_t size = bits_ / 256;
    switch (kind_) {
        case Kind::rsa:
            return 12 * size * size;
        case Kind::ec:
            return (word_.starts_with("brainpool") ? 6000 : 1500) * size * size;
        case Kind::ed25519:
            return 200;
        case Kind::explicit_curve:
        case Kind::too_costly:
        case Kind::unsupported:
            break;
    }
    return 0;
}

bool PublicKey::fits(const SignatureAlgorithm& algorithm) const {
    switch (algorithm.family) {
        case Family::rsa_pkcs1:
            return kind_ == Kind::rsa && !only_pss_;
        case Family::rsa_pss:
            if (kind_ != Kind::rsa) return false;
            return !pss_ || (pss_->digest == algorithm.digest &&
                             pss_->mgf1_digest == algorithm.mgf1_digest &&
                             pss_->salt_length <= algorithm.salt_length);
        case Family::ecdsa:
            return kind_ == Kind::ec;
        case Family::ed25519:
            return kind_ == Kind::ed25519;
        case Family::unsupported:
            break;
    }
    return false;
}

bool PublicKey::verify_rsa(const SignatureAlgorithm& algorithm, BytesView digest,
                           BytesView signature) const {
    const auto encoded = rsa_public(modulus_, exponent_, signature);
    if (!encoded) return false;
    if (algorithm.family == Family::rsa_pkcs1)
        return emsa_pkcs1_v15(*algorithm.digest, digest, encoded->size()) == *encoded;
    return verify_emsa_pss(*encoded, bits_ - 1, *algorithm.digest, algorithm.mgf1_digest,
                           algorithm.salt_length, digest);
}

bool PublicKey::verify(const SignatureAlgorithm& algorithm, BytesView message,
                       BytesView signature) const {
    if (!fits(algorithm)) return false;
    if (algorithm.family == Family::ed25519) return ed25519_verify(point_, message, signature);
    if (!algorithm.digest) return false;
    return verify_digest(algorithm, hash(*algorithm.digest, message), signature);
}

bool PublicKey::verify_digest(const SignatureAlgorithm& algorithm, BytesView digest,
                              BytesView signature) const {
    if (!fits(algorithm) || !algorithm.digest || digest.size() != digest_size(*algorithm.digest))
        return false;
    if (kind_ == Kind::rsa) return verify_rsa(algorithm, digest, signature);
    return kind_ == Kind::ec && ecdsa_verify(curve_, point_, digest, signature);
}

std::string signature_word(const SignatureAlgorithm& algorithm, const PublicKey* key) {
    if (algorithm.family == Family::ecdsa && key && key->kind() == PublicKey::Kind::ec)
        return "ecdsa-" + key->word();
    return algorithm.word();
}

}  // namespace keystore
