#include "keystore/curve.hpp"

#include <array>

namespace keystore {
namespace {

struct Row {
    Curve curve;
    std::string_view oid;
    std::string_view word;
    std::size_t bits;
};

constexpr std::array rows{
    Row{Curve::p256, "1.2.840.10045.3.1.7", "p256", 256},
    Row{Curve::p384, "1.3.132.0.34", "p384", 384},
    Row{Curve::p521, "1.3.132.0.35", "p521", 521},
    Row{Curve::brainpool_p256r1, "1.3.36.3.3.2.8.1.1.7", "brainpool-p256r1", 256},
    Row{Curve::brainpool_p384r1, "1.3.36.3.3.2.8.1.1.11", "brainpool-p384r1", 384},
    Row{Curve::brainpool_p512r1, "1.3.36.3.3.2.8.1.1.13", "brainpool-p512r1", 512},
    Row{Curve::x25519, "1.3.101.110", "x25519", 255},
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
std::size_t field_bits(Curve curve) {
    return row(curve).bits;
}
std::size_t field_size(Curve curve) {
    return (field_bits(curve) + 7) / 8;
}

}  // namespace keystore
