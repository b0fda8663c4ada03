#include <mbedtls/aes.h>

#include <algorithm>
#include <array>

#include "keystore/constant_time.hpp"
#include "keystore/crypto.hpp"
#include "keystore/crypto_object.hpp"

namespace keystore {
namespace {

namespace ct = constant_time;

using Aes = CObject<mbedtls_aes_context, mbedtls_aes_init, mbedtls_aes_free>;

constexpr std::size_t semiblock = 8;

UnwrappedKey choose(std::uint8_t valid, BytesView found, SecretBytes substitute) {
    const auto key = substitute.expose();
    for (std::size_t i = 0; i < key.size(); ++i) key[i] = ct::select(valid, found[i], key[i]);
    return {std::move(substitute), valid};
}

}  // namespace

// The index-based description: R[1] … R[n] are taken in turn, from the last to the first, six
// times; A, the first semiblock, is the initial value at the end.
UnwrappedKey aes_unwrap_key(BytesView kek, BytesView wrapped, SecretBytes substitute) {
    const std::size_t size = substitute.size();
    if ((kek.size() != 16 && kek.size() != 24 && kek.size() != 32) || size < 2 * semiblock ||
        size % semiblock != 0 || wrapped.size() != size + semiblock)
        return {std::move(substitute), 0};
    Aes aes;
    if (mbedtls_aes_setkey_dec(aes.get(), kek.data(), static_cast<unsigned>(kek.size() * 8)) != 0)
        return {std::move(substitute), 0};

    SecretBytes registers{wrapped.subspan(semiblock)};
    const auto r = registers.expose();
    SecretBytes block_octets{wrapped.first(2 * semiblock)};  // A | R[i]
    const auto block = block_octets.expose();
    const std::size_t n = size / semiblock;
    for (std::size_t t = 6 * n; t > 0; --t) {
        const auto r_i = r.subspan((t - 1) % n * semiblock, semiblock);
        for (std::size_t i = 0; i < semiblock; ++i)
            block[semiblock - 1 - i] = static_cast<std::uint8_t>(
                block[semiblock - 1 - i] ^ (static_cast<std::uint64_t>(t) >> 8 * i & 0xff));
        std::copy(r_i.begin(), r_i.end(), block.begin() + semiblock);
        if (mbedtls_aes_crypt_ecb(aes.get(), MBEDTLS_AES_DECRYPT, block.data(), block.data()) != 0)
            return {std::move(substitute), 0};
        std::copy(block.begin() + semiblock, block.end(), r_i.begin());
    }

    std::uint8_t valid = 0xff;
    for (std::size_t i = 0; i < semiblock; ++i) valid &= ct::is_equal(block[i], 0xa6);
    return choose(valid, r, std::move(substitute));
}

UnwrappedKey des3_unwrap_key(BytesView kek, BytesView wrapped, SecretBytes substitute) {
    constexpr std::array<std::uint8_t, 8> first_iv{0x4a, 0xdd, 0xa2, 0x2c, 0x79, 0xe8, 0x21, 0x05};
    constexpr std::size_t key_size = 24;
    if (kek.size() != key_size || substitute.size() != key_size ||
        wrapped.size() != key_size + 2 * first_iv.size())
        return {std::move(substitute), 0};
    SecretBytes octets{wrapped};
    const auto all = octets.expose();
    if (!des3_cbc_decrypt(kek, first_iv, all)) return {std::move(substitute), 0};
    std::reverse(all.begin(), all.end());
    const auto key = all.subspan(first_iv.size());
    if (!des3_cbc_decrypt(kek, all.first(first_iv.size()), key)) return {std::move(substitute), 0};

    const Bytes checksum = hash(Digest::sha1, key.first(key_size));
    std::uint8_t valid = 0xff;
    for (std::size_t i = 0; i < first_iv.size(); ++i)
        valid &= ct::is_equal(key[key_size + i], checksum[i]);
    return choose(valid, key, std::move(substitute));
}

}  // namespace keystore
