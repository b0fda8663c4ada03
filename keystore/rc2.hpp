#pragma once

#include <cstdint>

#include "keystore/secret.hpp"

namespace keystore {

/// Decrypts RC2-CBC in place (RFC 2268; key of 1 to 128 octets, 1 to 1024 effective bits, IV of 8,
/// octets a multiple of 8), for old mail and old key files; padding is not looked at. False if the
/// sizes do not fit. There is no encryption.
bool rc2_cbc_decrypt(BytesView key, unsigned effective_bits, BytesView iv,
                     std::span<std::uint8_t> octets);

}  // namespace keystore
