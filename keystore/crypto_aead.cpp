#include <mbedtls/ccm.h>
#include <mbedtls/chachapoly.h>
#include <mbedtls/gcm.h>

#include <stdexcept>

#include "keystore/crypto.hpp"
#include "keystore/crypto_object.hpp"

namespace keystore {
namespace {

using Ccm = CObject<mbedtls_ccm_context, mbedtls_ccm_init, mbedtls_ccm_free>;
using ChachaPoly =
    CObject<mbedtls_chachapoly_context, mbedtls_chachapoly_init, mbedtls_chachapoly_free>;
using Gcm = CObject<mbedtls_gcm_context, mbedtls_gcm_init, mbedtls_gcm_free>;

constexpr std::size_t gcm_nonce = 12;  // RFC 5084, 3.2: recommended, and all that anybody sends

bool is_aes_key_size(std::size_t size) {
    return size == 16 || size == 24 || size == 32;
}

/// True if it was opened; otherwise nothing is left of what was decrypted.
bool opened(int status, std::span<std::uint8_t> octets) {
    if (status != 0) wipe(octets.data(), octets.size());
    return status == 0;
}

}  // namespace

bool aes_gcm_decrypt(BytesView key, BytesView nonce, BytesView aad, BytesView tag,
                     std::span<std::uint8_t> octets) {
    if (!is_aes_key_size(key.size()) || nonce.size() != gcm_nonce || tag.size() < 12 ||
        tag.size() > 16)
        return false;
    Gcm gcm;
    int status = mbedtls_gcm_setkey(gcm.get(), MBEDTLS_CIPHER_ID_AES, key.data(),
                                    static_cast<unsigned>(key.size() * 8));
    if (status == 0)
        status = mbedtls_gcm_auth_decrypt(gcm.get(), octets.size(), nonce.data(), nonce.size(),
                                          aad.data(), aad.size(), tag.data(), tag.size(),
                                          octets.data(), octets.data());
    return opened(status, octets);
}

bool aes_ccm_decrypt(BytesView key, BytesView nonce, BytesView aad, BytesView tag,
                     std::span<std::uint8_t> octets) {
    if (!is_aes_key_size(key.size()) || nonce.size() < 7 || nonce.size() > 13 || tag.size() < 12 ||
        tag.size() > 16 || tag.size() % 2 != 0)
        return false;
    Ccm ccm;
    int status = mbedtls_ccm_setkey(ccm.get(), MBEDTLS_CIPHER_ID_AES, key.data(),
                                    static_cast<unsigned>(key.size() * 8));
    if (status == 0)
        status = mbedtls_ccm_auth_decrypt(ccm.get(), octets.size(), nonce.data(), nonce.size(),
                                          aad.data(), aad.size(), octets.data(), octets.data(),
                                          tag.data(), tag.size());
    return opened(status, octets);
}

bool chacha20_poly1305_decrypt(BytesView key, BytesView nonce, BytesView aad, BytesView tag,
                               std::span<std::uint8_t> octets) {
    if (key.size() != 32 || nonce.size() != 12 || tag.size() != 16) return false;
    ChachaPoly chachapoly;
    int status = mbedtls_chachapoly_setkey(chachapoly.get(), key.data());
    if (status == 0)
        status = mbedtls_chachapoly_auth_decrypt(chachapoly.get(), octets.size(), nonce.data(),
                                                 aad.data(), aad.size(), tag.data(), octets.data(),
                                                 octets.data());
    return opened(status, octets);
}

Bytes aes_gcm_seal(BytesView key, BytesView nonce, BytesView aad, BytesView plaintext) {
    if (key.size() != 32 || nonce.size() != gcm_nonce)
        throw std::invalid_argument{"AES-256-GCM takes a key of 32 and a nonce of 12 octets"};
    Bytes sealed(plaintext.size() + 16);
    Gcm gcm;
    if (mbedtls_gcm_setkey(gcm.get(), MBEDTLS_CIPHER_ID_AES, key.data(), 256) != 0 ||
        mbedtls_gcm_crypt_and_tag(gcm.get(), MBEDTLS_GCM_ENCRYPT, plaintext.size(), nonce.data(),
                                  nonce.size(), aad.data(), aad.size(), plaintext.data(),
                                  sealed.data(), 16, sealed.data() + plaintext.size()) != 0)
        throw std::runtime_error{"AES-256-GCM failed"};
    return sealed;
}

}  // namespace keystore
