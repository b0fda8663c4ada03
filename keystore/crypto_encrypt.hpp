#pragma once

#include "keystore/crypto.hpp"

/// The primitives that encrypt: for messages that are put back for their owner.
namespace keystore {

/// Encrypts AES-CBC in place (key of 16, 24 or 32 octets, IV of 16, octets a multiple of 16, their
/// padding in them). False if the sizes do not fit.
bool aes_cbc_encrypt(BytesView key, BytesView iv, std::span<std::uint8_t> octets);

/// Encrypts AES-GCM in place; the tag has 16 octets. Nothing if the sizes do not fit (nonce of 12).
std::optional<Bytes> aes_gcm_encrypt(BytesView key, BytesView nonce, BytesView aad,
                                     std::span<std::uint8_t> octets);

/// AES key wrapping (RFC 3394, 2.2.1): 8 octets more than the key, which has at least 16 and a
/// multiple of 8. Nothing if the sizes do not fit.
std::optional<Bytes> aes_wrap_key(BytesView kek, BytesView key);

}  // namespace keystore
