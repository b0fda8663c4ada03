#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "keystore/curve.hpp"
#include "keystore/signature_algorithm.hpp"

namespace keystore {

/// PublicKey is the key of a SubjectPublicKeyInfo, for verifying signatures. A value: it can be
/// copied, and any number of threads may use one.
class PublicKey {
public:
    enum class Kind {
        rsa,
        ec,
        ed25519,
        explicit_curve,  ///< its curve is spelled out, not named: never used (CVE-2020-0601)
        too_costly,      ///< an RSA key beyond limits::rsa_bits or of an exponent beyond CERT-10
        unsupported,     ///< of an algorithm, or on a curve, that is not offered
    };

    /// Reads the DER of a SubjectPublicKeyInfo (RFC 5280, 4.1; RFC 4055, 5480, 8410). Nothing if it
    /// is malformed, or no key at all (an even modulus, a point of the wrong size).
    static std::optional<PublicKey> parse(BytesView subject_public_key_info);

    Kind kind() const { return kind_; }
    /// True if signatures can be verified with it.
    bool is_usable() const;
    /// True for RSA below limits::rsa_strong_bits, and for explicit curves: known, never good
    /// enough.
    bool is_weak() const;
    /// Of the RSA modulus or the curve's field; 0 if unknown.
    std::size_t bits() const { return bits_; }
    /// "rsa", "rsa-pss", "p256" …, "ed25519", or the name or dotted OID of what is not offered.
    const std::string& word() const { return word_; }

    /// About what a verification takes at most, on a slow machine and by the longest exponent that
    /// is taken: for a budget (CERT-10). 0 if nothing is verified.
    std::uint64_t verify_microseconds() const;

    /// True if a signature by this algorithm may come from this key: their families agree, and the
    /// parameters of an RSASSA-PSS key allow the signature's (RFC 4055, 3.3).
    bool fits(const SignatureAlgorithm& algorithm) const;

    /// True if signature is this key's over message. False for everything else, an algorithm that
    /// does not fit or names no digest included. At most some 15 ms, whoever made the key
    /// (CERT-10). Whether algorithm and key are strong enough is the caller's question.
    bool verify(const SignatureAlgorithm& algorithm, BytesView message, BytesView signature) const;

    /// The same over a digest that was computed elsewhere, by the algorithm's digest. Always false
    /// for Ed25519, which signs no digest.
    bool verify_digest(const SignatureAlgorithm& algorithm, BytesView digest,
                       BytesView signature) const;

private:
    bool read_rsa(BytesView key);
    bool read_ec(BytesView point, const std::string& curve_oid);
    bool read_key(const std::string& oid, BytesView parameters, BytesView key);
    bool verify_rsa(const SignatureAlgorithm& algorithm, BytesView digest,
                    BytesView signature) const;

    Kind kind_ = Kind::unsupported;
    std::size_t bits_ = 0;
    std::string word_;
    Bytes modulus_, exponent_;  // RSA, without leading zeros
    std::optional<PssParameters> pss_;
    bool only_pss_ = false;
    Curve curve_ = Curve::p256;
    Bytes point_;  // EC: X and Y; Ed25519: the key
};

/// "rsa-sha256", "rsa-pss", "ecdsa-p256", "ed25519": the signature's algorithm as the report has
/// it, with the curve where there is one. key may be null.
std::string signature_word(const SignatureAlgorithm& algorithm, const PublicKey* key);

}  // namespace keystore
