#pragma once

#include <cstddef>

namespace keystore {

/// The form of fill_random() that mbedTLS asks for; not 0 if the system has no random octets.
int random_for_mbedtls(void* unused, unsigned char* octets, std::size_t size);

}  // namespace keystore
