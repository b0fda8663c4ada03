#include "keystore/ec_private_key.hpp"

#include <array>

namespace keystore {
namespace {

constexpr auto encoding = der::Limits::ber();
constexpr std::string_view id_ec_public_key = "1.2.840.10045.2.1";
constexpr std::string_view id_ec_dh = "1.3.132.1.12";

/// ECParameters (RFC 5480, 2.1.1): a named curve, of those that have two coordinates.
std::optional<Curve> read_named_curve(der::Reader& in) {
    const auto oid = in.oid();
    const auto curve = oid ? curve_of(*oid) : std::nullopt;
    return curve == Curve::x25519 ? std::nullopt : curve;
}

/// ECPrivateKey ::= SEQUENCE { version 1, privateKey OCTET STRING, parameters [0] OPTIONAL,
///                             publicKey [1] OPTIONAL }
std::optional<EcPrivateKey> read_ec_private_key(BytesView octets, std::optional<Curve> curve) {
    der::Reader outer{octets, encoding};
    auto in = outer.enter(der::sequence);
    if (!in || in->small_integer() != 1) return std::nullopt;
    const auto key = in->next(der::octet_string);
    if (!key || key->tag.constructed) return std::nullopt;
    if (auto parameters = in->enter_context(0)) {
        const auto own = read_named_curve(*parameters);
        if (!own || (curve && own != curve)) return std::nullopt;
        curve = own;
    }
    in->enter_context(1);
    if (!curve || !in->at_end() || !outer.at_end()) return std::nullopt;
    return EcPrivateKey{*curve, key->content};
}

}  // namespace

std::optional<EcPrivateKey> EcPrivateKey::read(BytesView ec_private_key) {
    return read_ec_private_key(ec_private_key, std::nullopt);
}

std::optional<EcPrivateKey> EcPrivateKey::read(std::string_view algorithm, der::Reader parameters,
                                               BytesView key) {
    if (algorithm == curve_oid(Curve::x25519)) {
        der::Reader in{key, encoding};
        const auto octets = in.next(der::octet_string);
        if (!octets || octets->tag.constructed || !in.at_end()) return std::nullopt;
        return EcPrivateKey{Curve::x25519, octets->content};
    }
    if (algorithm != id_ec_public_key && algorithm != id_ec_dh) return std::nullopt;
    const auto curve = read_named_curve(parameters);
    if (!curve) return std::nullopt;
    return read_ec_private_key(key, curve);
}

Bytes subject_public_key_info(Curve curve, BytesView public_key) {
    der::Writer algorithm, bits, info, outer;
    if (curve != Curve::x25519) algorithm.oid(id_ec_public_key);
    algorithm.oid(curve_oid(curve));
    bits.raw(std::array<std::uint8_t, 1>{0});  // no unused bits
    bits.raw(public_key);
    info.element(der::sequence, algorithm.octets());
    info.element(der::bit_string, bits.octets());
    outer.element(der::sequence, info.octets());
    return outer.take();
}

}  // namespace keystore
