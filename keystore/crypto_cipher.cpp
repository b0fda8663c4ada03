#include <mbedtls/aes.h>
#include <mbedtls/des.h>

#include <algorithm>
#include <array>

#include "keystore/constant_time.hpp"
#include "keystore/crypto.hpp"
#include "keystore/crypto_object.hpp"

namespace keystore {
namespace {

using Aes = CObject<mbedtls_aes_context, mbedtls_aes_init, mbedtls_aes_free>;
using Des = CObject<mbedtls_des_context, mbedtls_des_init, mbedtls_des_free>;
using Des3 = CObject<mbedtls_des3_context, mbedtls_des3_init, mbedtls_des3_free>;

bool is_aes_key_size(std::size_t size) {
    return size == 16 || size == 24 || size == 32;
}

}  // namespace

bool aes_cbc_decrypt(BytesView key, BytesView iv, std::span<std::uint8_t> octets) {
    if (!is_aes_key_size(key.size()) || iv.size() != 16 || octets.size() % 16 != 0) return false;
    Aes aes;
    if (mbedtls_aes_setkey_dec(aes.get(), key.data(), static_cast<unsigned>(key.size() * 8)) != 0)
        return false;
    std::array<std::uint8_t, 16> chain{};
    std::copy(iv.begin(), iv.end(), chain.begin());
    return mbedtls_aes_crypt_cbc(aes.get(), MBEDTLS_AES_DECRYPT, octets.size(), chain.data(),
                                 octets.data(), octets.data()) == 0;
}

bool des3_cbc_decrypt(BytesView key, BytesView iv, std::span<std::uint8_t> octets) {
    if (key.size() != 24 || iv.size() != 8 || octets.size() % 8 != 0) return false;
    Des3 des;
    if (mbedtls_des3_set3key_dec(des.get(), key.data()) != 0) return false;
    std::array<std::uint8_t, 8> chain{};
    std::copy(iv.begin(), iv.end(), chain.begin());
    return mbedtls_des3_crypt_cbc(des.get(), MBEDTLS_DES_DECRYPT, octets.size(), chain.data(),
                                  octets.data(), octets.data()) == 0;
}

bool des_cbc_decrypt(BytesView key, BytesView iv, std::span<std::uint8_t> octets) {
    if (key.size() != 8 || iv.size() != 8 || octets.size() % 8 != 0) return false;
    Des des;
    if (mbedtls_des_setkey_dec(des.get(), key.data()) != 0) return false;
    std::array<std::uint8_t, 8> chain{};
    std::copy(iv.begin(), iv.end(), chain.begin());
    return mbedtls_des_crypt_cbc(des.get(), MBEDTLS_DES_DECRYPT, octets.size(), chain.data(),
                                 octets.data(), octets.data()) == 0;
}

std::optional<std::size_t> size_without_padding(BytesView octets, std::size_t block_size) {
    if ((block_size != 8 && block_size != 16) || octets.empty() || octets.size() % block_size != 0)
        return std::nullopt;
    const BytesView block = octets.last(block_size);
    const std::uint32_t padding = block.back();
    const auto size = static_cast<std::uint32_t>(block_size);
    std::uint8_t wrong = constant_time::is_zero(padding);
    wrong |= constant_time::is_less(size, padding);
    for (std::uint32_t i = 0; i < size; ++i) {
        // The i-th octet from the end is padding if i < padding.
        const std::uint8_t is_padding = constant_time::is_less(i, padding);
        const std::uint8_t differs =
            static_cast<std::uint8_t>(~constant_time::is_equal(block[size - 1 - i], padding));
        wrong |= is_padding & differs;
    }
    if (wrong != 0) return std::nullopt;
    return octets.size() - padding;
}

}  // namespace keystore
