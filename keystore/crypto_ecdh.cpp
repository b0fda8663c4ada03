#include <mbedtls/ecdh.h>
#include <mbedtls/ecp.h>

#include <algorithm>

#include "keystore/crypto.hpp"
#include "keystore/crypto_curve.hpp"
#include "keystore/crypto_object.hpp"
#include "keystore/crypto_random.hpp"

// Each call loads a group of its own: mbedTLS keeps tables in it that no two threads may share.

namespace keystore {
namespace {

using Group = CObject<mbedtls_ecp_group, mbedtls_ecp_group_init, mbedtls_ecp_group_free>;
using Point = CObject<mbedtls_ecp_point, mbedtls_ecp_point_init, mbedtls_ecp_point_free>;
using Number = CObject<mbedtls_mpi, mbedtls_mpi_init, mbedtls_mpi_free>;

/// A private key of the largest curve, and leading zeros that some write.
constexpr std::size_t largest_private_key = 72;

/// decodeScalar25519 (RFC 7748, 5).
bool read_x25519_scalar(BytesView octets, mbedtls_mpi* number) {
    if (octets.size() != field_size(Curve::x25519)) return false;
    SecretBytes scalar{octets};
    const auto at = scalar.expose();
    at.front() = static_cast<std::uint8_t>(at.front() & 0xf8);
    at.back() = static_cast<std::uint8_t>((at.back() & 0x7f) | 0x40);
    return mbedtls_mpi_read_binary_le(number, at.data(), at.size()) == 0;
}

/// The group of a private key, and its number.
bool load(Curve curve, BytesView private_key, mbedtls_ecp_group* group, mbedtls_mpi* number) {
    if (mbedtls_ecp_group_load(group, group_id(curve)) != 0) return false;
    const bool read =
        curve == Curve::x25519
            ? read_x25519_scalar(private_key, number)
            : private_key.size() <= largest_private_key &&
                  mbedtls_mpi_read_binary(number, private_key.data(), private_key.size()) == 0;
    return read && mbedtls_ecp_check_privkey(group, number) == 0;
}

/// Octets of a public key as it is sent: a coordinate, or two behind the octet of their form.
std::size_t public_key_size(Curve curve) {
    return curve == Curve::x25519 ? field_size(curve) : 1 + 2 * field_size(curve);
}

constexpr std::uint8_t uncompressed = 4;  // SEC 1, 2.3.3

bool read_point(Curve curve, BytesView octets, const mbedtls_ecp_group* group,
                mbedtls_ecp_point* point) {
    if (octets.size() != public_key_size(curve)) return false;
    if (curve != Curve::x25519 && octets.front() != uncompressed) return false;
    return mbedtls_ecp_point_read_binary(group, point, octets.data(), octets.size()) == 0 &&
           mbedtls_ecp_check_pubkey(group, point) == 0;
}

bool is_zero(BytesView octets) {
    std::uint8_t sum = 0;
    for (const std::uint8_t octet : octets) sum |= octet;
    return sum == 0;
}

}  // namespace

std::optional<Bytes> ecdh_public_key(Curve curve, BytesView private_key) {
    Group group;
    Number number;
    Point point;
    if (!load(curve, private_key, group.get(), number.get()) ||
        mbedtls_ecp_mul(group.get(), point.get(), number.get(), &group.get()->G, random_for_mbedtls,
                        nullptr) != 0)
        return std::nullopt;
    Bytes octets(public_key_size(curve));
    std::size_t size = 0;
    if (mbedtls_ecp_point_write_binary(group.get(), point.get(), MBEDTLS_ECP_PF_UNCOMPRESSED, &size,
                                       octets.data(), octets.size()) != 0 ||
        size != octets.size())
        return std::nullopt;
    return octets;
}

std::optional<SecretBytes> ecdh(Curve curve, BytesView private_key, BytesView public_key) {
    Group group;
    Number number, shared;
    Point point;
    if (!load(curve, private_key, group.get(), number.get()) ||
        !read_point(curve, public_key, group.get(), point.get()) ||
        mbedtls_ecdh_compute_shared(group.get(), shared.get(), point.get(), number.get(),
                                    random_for_mbedtls, nullptr) != 0)
        return std::nullopt;
    SecretBytes secret{field_size(curve)};
    const auto out = secret.expose();
    const int status = curve == Curve::x25519
                           ? mbedtls_mpi_write_binary_le(shared.get(), out.data(), out.size())
                           : mbedtls_mpi_write_binary(shared.get(), out.data(), out.size());
    if (status != 0) return std::nullopt;
    // RFC 7748, 6.1. On the other curves every point is of the group's order, and one may have x =
    // 0.
    if (curve == Curve::x25519 && is_zero(secret.expose())) return std::nullopt;
    return secret;
}

}  // namespace keystore
