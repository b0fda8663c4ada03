#pragma once

#include <mbedtls/ecp.h>

#include "keystore/curve.hpp"

namespace keystore {

/// What the library calls the curve.
mbedtls_ecp_group_id group_id(Curve curve);

}  // namespace keystore
