#include "keystore/crypto_random.hpp"

#include <mbedtls/rsa.h>
#include <unistd.h>

#include <algorithm>
#include <stdexcept>

#include "keystore/constant_time.hpp"
#include "keystore/crypto.hpp"

namespace keystore {

void fill_random(std::span<std::uint8_t> octets) {
    constexpr std::size_t most = 256;  // of getentropy(3)
    while (!octets.empty()) {
        const auto piece = octets.first(std::min(most, octets.size()));
        if (getentropy(piece.data(), piece.size()) != 0)
            throw std::runtime_error{"the system gives no random numbers"};
        octets = octets.subspan(piece.size());
    }
}

int random_for_mbedtls(void*, unsigned char* octets, std::size_t size) {
    try {
        fill_random({octets, size});
        return 0;
    } catch (const std::exception&) {
        return MBEDTLS_ERR_RSA_RNG_FAILED;
    }
}

bool equal_in_constant_time(BytesView a, BytesView b) {
    if (a.size() != b.size()) return false;
    std::uint32_t differences = 0;
    for (std::size_t i = 0; i < a.size(); ++i)
        differences |= static_cast<std::uint32_t>(a[i] ^ b[i]);
    return constant_time::is_zero(differences) != 0;
}

}  // namespace keystore
