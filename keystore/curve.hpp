#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace keystore {

/// Curve is one of the named curves that a key may be on (RFC 5480, 5639, 8410).
enum class Curve {
    p256,
    p384,
    p521,
    brainpool_p256r1,
    brainpool_p384r1,
    brainpool_p512r1,
    x25519,
};

/// The curve of an OID; nothing for those that are not offered.
std::optional<Curve> curve_of(std::string_view oid);

std::string_view curve_oid(Curve curve);

/// "p256", "brainpool-p256r1", "x25519" …
std::string_view curve_word(Curve curve);

/// Bits of the field that it is over.
std::size_t field_bits(Curve curve);

/// Octets of a coordinate, and of a shared secret (SEC 1, 2.3.5; RFC 7748, 5).
std::size_t field_size(Curve curve);

}  // namespace keystore
