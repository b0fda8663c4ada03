#pragma once

#include <cstddef>
#include <cstdint>

/// Every limit of this folder, with the reason for its number.
namespace keystore::limits {

/// PBKDF2 iterations of a key file (KEY-02): 1 million take 0.8 s; OWASP asks for 600 000 today.
inline constexpr std::uint32_t pbkdf2_iterations = 5'000'000;

/// Memory of scrypt, 128 * N * r (KEY-02).
inline constexpr std::uint64_t scrypt_memory = 256ULL * 1024 * 1024;

/// A key file. PKCS#12 with a chain is some 10 kB.
inline constexpr std::size_t key_file = 1024 * 1024;

/// RSA modulus (CERT-10): beyond, one operation takes longer than a person waits.
inline constexpr std::size_t rsa_bits = 8192;

}  // namespace keystore::limits
