#include "keystore/crypto_curve.hpp"

namespace keystore {

mbedtls_ecp_group_id group_id(Curve curve) {
    switch (curve) {
        case Curve::p256:
            return MBEDTLS_ECP_DP_SECP256R1;
        case Curve::p384:
            return MBEDTLS_ECP_DP_SECP384R1;
        case Curve::p521:
            return MBEDTLS_ECP_DP_SECP521R1;
        case Curve::brainpool_p256r1:
            return MBEDTLS_ECP_DP_BP256R1;
        case Curve::brainpool_p384r1:
            return MBEDTLS_ECP_DP_BP384R1;
        case Curve::brainpool_p512r1:
            return MBEDTLS_ECP_DP_BP512R1;
        case Curve::x25519:
            return MBEDTLS_ECP_DP_CURVE25519;
    }
    return MBEDTLS_ECP_DP_NONE;
}

}  // namespace keystore
