#include <mbedtls/version.h>

#include "keystore/crypto.hpp"

namespace keystore {

// Of the library that runs, which need not be the one that was compiled against.

std::string library_version() {
    const unsigned number = mbedtls_version_get_number();
    return "Mbed TLS " + std::to_string(number >> 24) + '.' + std::to_string(number >> 16 & 0xff) +
           '.' + std::to_string(number >> 8 & 0xff);
}

bool library_is_current() {
    return mbedtls_version_get_number() >= 0x03060600;
}

}  // namespace keystore
