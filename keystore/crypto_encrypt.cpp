#include "keystore/crypto_encrypt.hpp"

#include <mbedtls/aes.h>
#include <mbedtls/gcm.h>

#include <algorithm>
#include <array>

#include "keystore/crypto_object.hpp"

namespace keystore {
namespace {

using Aes = CObject<mbedtls_aes_context, mbedtls_aes_init, mbedtls_aes_free>;
using Gcm = CObject<mbedtls_gcm_context, mbedtls_gcm_init, mbedtls_gcm_free>;

constexpr std::size_t aes_block = 16;
constexpr std::size_t gcm_nonce = 12;
constexpr std::size_t gcm_tag = 16;
constexpr std::size_t semiblock = 8;

bool is_aes_key_size(std::size_t size) {
    return size == 16 || size == 24 || size == 32;
}

bool set_key(Aes& aes, BytesView key) {
    return is_aes_key_size(key.size()) &&
           mbedtls_aes_setkey_enc(aes.get(), key.data(), static_cast<unsigned>(key.size() * 8)) ==
               0;
}

}  // namespace

bool aes_cbc_encrypt(BytesView key, BytesView iv, std::span<std::uint8_t> octets) {
    Aes aes;
    if (iv.size() != aes_block || octets.size() % aes_block != 0 || !set_key(aes, key))
        return false;
    std::array<std::uint8_t, aes_block> chain{};
    std::copy(iv.begin(), iv.end(), chain.begin());
    return mbedtls_aes_crypt_cbc(aes.get(), MBEDTLS_AES_ENCRYPT, octets.size(), chain.data(),
                                 octets.data(), octets.data()) == 0;
}

std::optional<Bytes> aes_gcm_encrypt(BytesView key, BytesView nonce, BytesView aad,
                                     std::span<std::uint8_t> octets) {
    if (!is_aes_key_size(key.size()) || nonce.size() != gcm_nonce) return std::nullopt;
    Gcm gcm;
    Bytes tag(gcm_tag);
    if (mbedtls_gcm_setkey(gcm.get(), MBEDTLS_CIPHER_ID_AES, key.data(),
                           static_cast<unsigned>(key.size() * 8)) != 0 ||
        mbedtls_gcm_crypt_and_tag(gcm.get(), MBEDTLS_GCM_ENCRYPT, octets.size(), nonce.data(),
                                  nonce.size(), aad.data(), aad.size(), octets.data(),
                                  octets.data(), tag.size(), tag.data()) != 0)
        return std::nullopt;
    return tag;
}

// The index-based description, as aes_unwrap_key() the other way round.
std::optional<Bytes> aes_wrap_key(BytesView kek, BytesView key) {
    Aes aes;
    if (key.size() < 2 * semiblock || key.size() % semiblock != 0 || !set_key(aes, kek))
        return std::nullopt;
    SecretBytes registers{key};
    const auto r = registers.expose();
    SecretBytes block_octets{2 * semiblock};  // A | R[i]
    const auto block = block_octets.expose();
    std::fill_n(block.begin(), semiblock, std::uint8_t{0xa6});
    const std::size_t n = key.size() / semiblock;
    for (std::size_t t = 1; t <= 6 * n; ++t) {
        const auto r_i = r.subspan((t - 1) % n * semiblock, semiblock);
        std::copy(r_i.begin(), r_i.end(), block.begin() + semiblock);
        if (mbedtls_aes_crypt_ecb(aes.get(), MBEDTLS_AES_ENCRYPT, block.data(), block.data()) != 0)
            return std::nullopt;
        for (std::size_t i = 0; i < semiblock; ++i)
            block[semiblock - 1 - i] = static_cast<std::uint8_t>(
                block[semiblock - 1 - i] ^ (static_cast<std::uint64_t>(t) >> 8 * i & 0xff));
        std::copy(block.begin() + semiblock, block.end(), r_i.begin());
    }
    Bytes wrapped(block.begin(), block.begin() + semiblock);
    wrapped.insert(wrapped.end(), r.begin(), r.end());
    return wrapped;
}

}  // namespace keystore
