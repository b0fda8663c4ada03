#include "keystore/curve.hpp"

#include <array>

namespace keystore {
namespace {

struct Row {
    Curve curve;
    std::string_view oid;
    std::string_view word;
    std::size_t field_size;
};

constexpr std::array rows{
    Row{Curve::p256, "1.2.840.10045.3.1.7", "p-256", 32},
    Row{Curve::p384, "1.3.132.0.34", "p-384", 48},
    Row{Curve::p521, "1.3.132.0.35", "p-521", 66},
    Row{Curve::brainpool_p256r1, "1.3.36.3.3.2.8.1.1.7", "brainpoolP256r1", 32},
    Row{Curve::brainpool_p384r1, "1.3.36.3.3.2.8.1.1.11", "brainpoolP384r1", 48},
    Row{Curve::brainpool_p512r1, "1.3.36.3.3.2.8.1.1.13", "brainpoolP512r1", 64},
    Row{Curve::x25519, "1.3.101.110", "x25519", 32},
};

const Row& row(Curve curve) {
    return rows[static_cast<std::size_t>(curve)];
}

}  // namespace

std::optional<Curve> curve_of(std::string_view oid) {
    for (const Row& row : rows)
        if (row.oid == oid) return row.curve;
    return std::nullopt;
}

std::string_view curve_oid(Curve curve) {
    return row(curve).oid;
}
std::string_view curve_word(Curve curve) {
    return row(curve).word;
}
std::size_t field_size(Curve curve) {
    return row(curve).field_size;
}

}  // namespace keystore
