#include <array>
#include <bit>
#include <cstring>
#include <stdexcept>

#include "keystore/crypto.hpp"

namespace keystore {
namespace {

using Words = std::vector<std::uint32_t, WipingAllocator<std::uint32_t>>;
using Block = std::array<std::uint32_t, 16>;

/// Salsa20/8 (RFC 7914, 3), added to its input.
void salsa20_8(Block& block) {
    Block x = block;
    const auto quarter = [&x](std::size_t a, std::size_t b, std::size_t c, std::size_t d) {
        x[b] ^= std::rotl(x[a] + x[d], 7);
        x[c] ^= std::rotl(x[b] + x[a], 9);
        x[d] ^= std::rotl(x[c] + x[b], 13);
        x[a] ^= std::rotl(x[d] + x[c], 18);
    };
    for (int round = 0; round < 8; round += 2) {
        quarter(0, 4, 8, 12);
        quarter(5, 9, 13, 1);
        quarter(10, 14, 2, 6);
        quarter(15, 3, 7, 11);
        quarter(0, 1, 2, 3);
        quarter(5, 6, 7, 4);
        quarter(10, 11, 8, 9);
        quarter(15, 12, 13, 14);
    }
    for (std::size_t i = 0; i < 16; ++i) block[i] += x[i];
}

/// scryptBlockMix (RFC 7914, 4): 2r blocks in, the even ones then the odd ones out.
void block_mix(std::span<const std::uint32_t> in, std::span<std::uint32_t> out, std::size_t r) {
    Block x;
    std::memcpy(x.data(), in.data() + (2 * r - 1) * 16, sizeof x);
    for (std::size_t i = 0; i < 2 * r; ++i) {
        for (std::size_t k = 0; k < 16; ++k) x[k] ^= in[i * 16 + k];
        salsa20_8(x);
        const std::size_t place = i / 2 + (i % 2) * r;
        std::memcpy(out.data() + place * 16, x.data(), sizeof x);
    }
    wipe(x.data(), sizeof x);
}

/// scryptROMix (RFC 7914, 5).
void ro_mix(std::span<std::uint32_t> x, std::size_t n, std::size_t r, Words& memory,
            Words& scratch) {
    const std::size_t size = 32 * r;
    for (std::size_t i = 0; i < n; ++i) {
        std::memcpy(memory.data() + i * size, x.data(), size * 4);
        block_mix(std::span{memory}.subspan(i * size, size), x, r);
    }
    for (std::size_t i = 0; i < n; ++i) {
        const std::size_t j = x[(2 * r - 1) * 16] & (n - 1);
        for (std::size_t k = 0; k < size; ++k) scratch[k] = x[k] ^ memory[j * size + k];
        block_mix(scratch, x, r);
    }
}

}  // namespace

SecretBytes scrypt(BytesView password, BytesView salt, std::uint64_t n, std::uint32_t r,
                   std::uint32_t p, std::size_t length) {
    if (n < 2 || !std::has_single_bit(n) || r == 0 || p == 0)
        throw std::invalid_argument{"scrypt parameters"};
    const std::size_t size = std::size_t{32} * r;
    SecretBytes blocks = pbkdf2(Digest::sha256, password, salt, 1, size * 4 * p);
    Words memory(size * static_cast<std::size_t>(n)), x(size), scratch(size);
    for (std::uint32_t i = 0; i < p; ++i) {
        std::uint8_t* const octets = blocks.expose().data() + std::size_t{i} * size * 4;
        for (std::size_t k = 0; k < size; ++k)  // little-endian words
            x[k] = static_cast<std::uint32_t>(octets[4 * k]) |
                   static_cast<std::uint32_t>(octets[4 * k + 1]) << 8 |
                   static_cast<std::uint32_t>(octets[4 * k + 2]) << 16 |
                   static_cast<std::uint32_t>(octets[4 * k + 3]) << 24;
        ro_mix(x, static_cast<std::size_t>(n), r, memory, scratch);
        for (std::size_t k = 0; k < size; ++k)
            for (std::size_t octet = 0; octet < 4; ++octet)
                octets[4 * k + octet] = static_cast<std::uint8_t>(x[k] >> (8 * octet) & 0xff);
    }
    return pbkdf2(Digest::sha256, password, blocks.expose(), 1, length);
}

}  // namespace keystore
