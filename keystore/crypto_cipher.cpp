#include <mbedtls/aes.h>
#include <mbedtls/des.h>

#include <algorithm>
#include <array>
#include <deque>
#include <future>
#include <system_error>
#include <thread>
#include <vector>

#include "keystore/constant_time.hpp"
#include "keystore/crypto.hpp"
#include "keystore/crypto_object.hpp"

namespace keystore {
namespace {

using Aes = CObject<mbedtls_aes_context, mbedtls_aes_init, mbedtls_aes_free>;
using Des = CObject<mbedtls_des_context, mbedtls_des_init, mbedtls_des_free>;
using Des3 = CObject<mbedtls_des3_context, mbedtls_des3_init, mbedtls_des3_free>;

constexpr std::size_t aes_block = 16;

/// Octets that are worth a thread of their own: it takes 20 µs to start, and they take 1 ms.
constexpr std::size_t smallest_slice = 1024 * 1024;

/// More would wait for memory.
constexpr std::size_t most_slices = 8;

bool is_aes_key_size(std::size_t size) {
    return size == 16 || size == 24 || size == 32;
}

/// A part of a ciphertext: each block takes only itself and the one before it to decrypt.
struct CbcSlice {
    Aes aes;
    std::array<std::uint8_t, aes_block> chain{};  // the block before the first
    std::span<std::uint8_t> octets;

    CbcSlice(BytesView before, std::span<std::uint8_t> part) : octets{part} {
        std::copy(before.begin(), before.end(), chain.begin());
    }
    /// From behind, so that each block finds the one before it as it was. mbedTLS 2.28 chains octet
    /// by octet, and takes half as long again.
    bool decrypt() {
        for (auto rest = octets; !rest.empty();) {
            std::uint8_t* const block = rest.last(aes_block).data();
            rest = rest.first(rest.size() - aes_block);
            auto before = chain;
            if (!rest.empty()) std::copy_n(block - aes_block, aes_block, before.begin());
            if (mbedtls_aes_crypt_ecb(aes.get(), MBEDTLS_AES_DECRYPT, block, block) != 0)
                return false;
            for (std::size_t i = 0; i < aes_block; ++i) block[i] ^= before[i];
        }
        return true;
    }
};

/// Cuts whole blocks into at least one slice.
std::deque<CbcSlice> cut_into_slices(BytesView iv, std::span<std::uint8_t> octets) {
    const std::size_t threads = std::max(1U, std::thread::hardware_concurrency());
    const std::size_t count =
        std::clamp<std::size_t>(octets.size() / smallest_slice, 1, std::min(threads, most_slices));
    const std::size_t size = octets.size() / count / aes_block * aes_block;
    std::deque<CbcSlice> slices;
    for (std::size_t i = 0; i < count; ++i) {
        const std::size_t begin = i * size;
        const std::size_t end = i + 1 < count ? begin + size : octets.size();
        slices.emplace_back(i == 0 ? iv : octets.subspan(begin - aes_block, aes_block),
                            octets.subspan(begin, end - begin));
    }
    return slices;
}

/// Runs work in a thread of its own, or when its result is asked for if there is none to be had.
template <class Work>
std::future<bool> in_another_thread(Work work) {
    try {
        return std::async(std::launch::async, work);
    } catch (const std::system_error&) {
        return std::async(std::launch::deferred, work);
    }
}

}  // namespace

bool aes_cbc_decrypt(BytesView key, BytesView iv, std::span<std::uint8_t> octets) {
    if (!is_aes_key_size(key.size()) || iv.size() != aes_block || octets.size() % aes_block != 0)
        return false;
    std::deque<CbcSlice> slices = cut_into_slices(iv, octets);
    // Here, and not in the threads: the first key that mbedTLS 2.28 expands makes its tables.
    for (CbcSlice& slice : slices)
        if (mbedtls_aes_setkey_dec(slice.aes.get(), key.data(),
                                   static_cast<unsigned>(key.size() * 8)) != 0)
            return false;
    std::vector<std::future<bool>> others;
    others.reserve(slices.size());
    for (std::size_t i = 1; i < slices.size(); ++i)
        others.push_back(in_another_thread([&slice = slices[i]] { return slice.decrypt(); }));
    bool decrypted = slices.front().decrypt();
    for (auto& other : others) decrypted = other.get() && decrypted;
    return decrypted;
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

Unpadded unpad_pkcs7(BytesView octets, std::size_t block_size) {
    if ((block_size != 8 && block_size != 16) || octets.empty() || octets.size() % block_size != 0)
        return {};
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
    const std::uint8_t valid = constant_time::is_zero(wrong);
    return {octets.size() - (padding & (0U - (valid & 1U))), valid};
}

std::optional<std::size_t> size_without_padding(BytesView octets, std::size_t block_size) {
    const Unpadded unpadded = unpad_pkcs7(octets, block_size);
    if (!unpadded.valid) return std::nullopt;
    return unpadded.size;
}

}  // namespace keystore
