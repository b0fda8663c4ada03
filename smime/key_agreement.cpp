#include "smime/key_agreement.hpp"

#include <array>

#include "smime/canonical.hpp"

namespace smime {

namespace der = keystore::der;

namespace {

using keystore::Digest;
using Derivation = keystore::KeyAgreement::Derivation;
using Wrap = keystore::KeyAgreement::Wrap;

struct Scheme {
    std::string_view oid;
    std::string_view word;
    std::optional<Derivation> derivation;  ///< none: known by name only
    Digest hash = Digest::sha1;
};

/// RFC 5753, 7.1.4 and appendix A.2; RFC 8418, 2.2; RFC 3370, 4.1. All curves have the cofactor 1,
/// so that ECDH with and without it is one.
constexpr std::array schemes{
    Scheme{"1.3.133.16.840.63.0.2", "ecdh-sha1", Derivation::x963, Digest::sha1},
    Scheme{"1.3.132.1.11.0", "ecdh-sha224", Derivation::x963, Digest::sha224},
    Scheme{"1.3.132.1.11.1", "ecdh-sha256", Derivation::x963, Digest::sha256},
    Scheme{"1.3.132.1.11.2", "ecdh-sha384", Derivation::x963, Digest::sha384},
    Scheme{"1.3.132.1.11.3", "ecdh-sha512", Derivation::x963, Digest::sha512},
    Scheme{"1.3.133.16.840.63.0.3", "ecdh-cofactor-sha1", Derivation::x963, Digest::sha1},
    Scheme{"1.3.132.1.14.0", "ecdh-cofactor-sha224", Derivation::x963, Digest::sha224},
    Scheme{"1.3.132.1.14.1", "ecdh-cofactor-sha256", Derivation::x963, Digest::sha256},
    Scheme{"1.3.132.1.14.2", "ecdh-cofactor-sha384", Derivation::x963, Digest::sha384},
    Scheme{"1.3.132.1.14.3", "ecdh-cofactor-sha512", Derivation::x963, Digest::sha512},
    Scheme{"1.2.840.113549.1.9.16.3.19", "ecdh-hkdf-sha256", Derivation::hkdf, Digest::sha256},
    Scheme{"1.2.840.113549.1.9.16.3.20", "ecdh-hkdf-sha384", Derivation::hkdf, Digest::sha384},
    Scheme{"1.2.840.113549.1.9.16.3.21", "ecdh-hkdf-sha512", Derivation::hkdf, Digest::sha512},
    Scheme{"1.3.133.16.840.63.0.16", "ecmqv-sha1", {}},
    Scheme{"1.3.132.1.15.0", "ecmqv-sha224", {}},
    Scheme{"1.3.132.1.15.1", "ecmqv-sha256", {}},
    Scheme{"1.3.132.1.15.2", "ecmqv-sha384", {}},
    Scheme{"1.3.132.1.15.3", "ecmqv-sha512", {}},
    Scheme{"1.2.840.113549.1.9.16.3.5", "dh-ephemeral-static", {}},
    Scheme{"1.2.840.113549.1.9.16.3.10", "dh-static-static", {}},
};

struct KeyWrap {
    std::string_view oid;
    Wrap wrap;
    std::size_t kek_length;
};

/// RFC 3565, 2.3.2; RFC 3370, 4.3.1.
constexpr std::array wraps{
    KeyWrap{"2.16.840.1.101.3.4.1.5", Wrap::aes, 16},
    KeyWrap{"2.16.840.1.101.3.4.1.25", Wrap::aes, 24},
    KeyWrap{"2.16.840.1.101.3.4.1.45", Wrap::aes, 32},
    KeyWrap{"1.2.840.113549.1.9.16.3.6", Wrap::des3, 24},
};

template <class Row, std::size_t Size>
const Row* find(const std::array<Row, Size>& rows, std::string_view oid) {
    for (const Row& row : rows)
        if (row.oid == oid) return &row;
    return nullptr;
}

constexpr std::string_view id_ec_public_key = "1.2.840.10045.2.1";
constexpr std::string_view id_ec_dh = "1.3.132.1.12";
constexpr std::string_view id_x25519 = "1.3.101.110";

/// What an OriginatorPublicKey says of its curve. Absent and NULL parameters leave it to the
/// recipient's certificate (RFC 5753, 3.1.1).
Result<std::optional<std::string>> curve_of(const AlgorithmIdentifier& identifier) {
    using Curve = std::optional<std::string>;
    if (identifier.algorithm == id_x25519) return Curve{identifier.algorithm};
    if (identifier.algorithm != id_ec_public_key && identifier.algorithm != id_ec_dh)
        return Error::unsupported_algorithm;
    if (!identifier.parameters || identifier.parameters->tag == der::null) return Curve{};
    if (identifier.parameters->tag != der::oid) return Error::unsupported_algorithm;
    Curve curve = der::oid_text(identifier.parameters->content);
    if (!curve) return Error::malformed;
    return curve;
}

keystore::Bytes explicit_string(std::uint32_t number, BytesView octets) {
    der::Writer string, out;
    string.element(der::octet_string, octets);
    out.element(der::context(number, true), string.octets());
    return out.take();
}

}  // namespace

///     ECC-CMS-SharedInfo ::= SEQUENCE { keyInfo AlgorithmIdentifier,
///                                       entityUInfo [0] EXPLICIT OCTET STRING OPTIONAL,
///                                       suppPubInfo [2] EXPLICIT OCTET STRING }   ; RFC 5753, 7.2
/// suppPubInfo is the KEK's size in bits.
keystore::Bytes shared_info(BytesView key_info, BytesView user_keying_material, bool has_material,
                            std::size_t kek_length) {
    const auto bits = static_cast<std::uint32_t>(kek_length * 8);
    const std::array<std::uint8_t, 4> size{0, 0, static_cast<std::uint8_t>(bits >> 8),
                                           static_cast<std::uint8_t>(bits & 0xff)};
    der::Writer fields, out;
    fields.raw(key_info);
    if (has_material) fields.raw(explicit_string(0, user_keying_material));
    fields.raw(explicit_string(2, size));
    out.element(der::sequence, fields.octets());
    return out.take();
}

Result<keystore::KeyAgreement> key_agreement(const RecipientInfo& recipient_info) {
    const AlgorithmIdentifier& identifier = recipient_info.key_encryption_algorithm;
    const Scheme* scheme = find(schemes, identifier.algorithm);
    if (!scheme || !scheme->derivation || !recipient_info.originator_key)
        return Error::unsupported_algorithm;
    auto curve = curve_of(recipient_info.originator_key->algorithm);
    if (!curve) return curve.error();
    if (!identifier.parameters) return Error::malformed;
    der::Reader in{identifier.parameters->octets, der::Limits::ber()};
    const auto key_wrap = AlgorithmIdentifier::read(in);
    const auto key_info = to_der(*identifier.parameters);
    if (!key_wrap || !key_info) return Error::malformed;
    const KeyWrap* wrap = find(wraps, key_wrap->algorithm);
    if (!wrap) return Error::unsupported_algorithm;

    keystore::KeyAgreement agreement;
    agreement.derivation = *scheme->derivation;
    agreement.hash = scheme->hash;
    agreement.wrap = wrap->wrap;
    agreement.kek_length = wrap->kek_length;
    agreement.curve = std::move(*curve);
    agreement.public_key = recipient_info.originator_key->public_key;
    const auto& material = recipient_info.user_keying_material;
    if (material) {
        auto octets = der::string_octets(*material, der::Limits::ber());
        if (!octets) return Error::malformed;
        agreement.user_keying_material = std::move(*octets);
    }
    agreement.shared_info = shared_info(*key_info, agreement.user_keying_material,
                                        material.has_value(), wrap->kek_length);
    return agreement;
}

bool has_legacy_key_wrap(const RecipientInfo& recipient_info) {
    if (recipient_info.kind != RecipientInfo::Kind::key_agreement) return false;
    const auto agreement = key_agreement(recipient_info);
    return agreement && agreement->wrap == Wrap::des3;
}

std::string_view key_agreement_word(std::string_view oid) {
    const Scheme* scheme = find(schemes, oid);
    return scheme ? scheme->word : oid;
}

}  // namespace smime
