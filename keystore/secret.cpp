#include "keystore/secret.hpp"

#include <cstring>

namespace keystore {

void wipe(void* octets, std::size_t size) noexcept {
    if (size == 0) return;
    std::memset(octets, 0, size);
    // The optimiser must believe that somebody reads these zeros.
    asm volatile("" : : "r"(octets) : "memory");
}

}  // namespace keystore
