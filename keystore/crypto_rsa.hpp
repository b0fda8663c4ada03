#pragma once

#include <mbedtls/rsa.h>
#include <mbedtls/version.h>

#include "keystore/crypto_object.hpp"

namespace keystore {

inline void rsa_init(mbedtls_rsa_context* rsa) {
#if MBEDTLS_VERSION_MAJOR >= 3
    mbedtls_rsa_init(rsa);
#else
    mbedtls_rsa_init(rsa, MBEDTLS_RSA_PKCS_V15, 0);
#endif
}

/// The library's RSA key, without padding.
using Rsa = CObject<mbedtls_rsa_context, rsa_init, mbedtls_rsa_free>;

}  // namespace keystore
