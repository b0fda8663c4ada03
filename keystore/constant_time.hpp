#pragma once

#include <cstdint>

/// Masks in place of branches, for octets that an attacker must learn nothing of by the clock. A
/// mask is all ones (true) or all zeros (false).
namespace keystore::constant_time {

/// The value, of which the optimiser no longer knows anything: it can't make a branch of a mask.
inline std::uint32_t opaque(std::uint32_t value) {
    asm("" : "+r"(value));
    return value;
}

/// All ones if value is zero.
inline std::uint8_t is_zero(std::uint32_t value) {
    const std::uint32_t v = opaque(value);
    return static_cast<std::uint8_t>(opaque(0U - ((~v & (v - 1U)) >> 31)));
}

inline std::uint8_t is_equal(std::uint32_t a, std::uint32_t b) {
    return is_zero(a ^ b);
}

/// All ones if a < b; both below 2^31.
inline std::uint8_t is_less(std::uint32_t a, std::uint32_t b) {
    return static_cast<std::uint8_t>(opaque(0U - (opaque(a - b) >> 31)));
}

inline std::uint8_t select(std::uint8_t mask, std::uint8_t yes, std::uint8_t no) {
    const auto m = static_cast<std::uint8_t>(opaque(mask));
    return static_cast<std::uint8_t>((m & yes) | (~m & no));
}

}  // namespace keystore::constant_time
