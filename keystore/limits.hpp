#pragma once

#include <cstddef>
#include <cstdint>

/// Every limit of this folder, with the reason for its number.
namespace keystore::limits {

/// One element of BER or DER (ASN-02): above every message that is opened, and far from where
/// arithmetic ends.
inline constexpr std::size_t der_element = 1024 * 1024 * 1024;

/// Pieces of one constructed string: a message of 150 MB in pieces of 40 octets. Real senders cut
/// at 1000 and more.
inline constexpr std::size_t string_pieces = 4'000'000;

/// Arcs of an OBJECT IDENTIFIER (CERT-12, CVE-2023-2650).
inline constexpr std::size_t oid_arcs = 64;

/// The text of a Name (CERT-12): a line that a person reads.
inline constexpr std::size_t name_text = 1024;

/// Addresses of one certificate. Beyond, they are left out.
inline constexpr std::size_t addresses = 1000;

/// PBKDF2 iterations of a key file (KEY-02): 1 million take 0.8 s; OWASP asks for 600 000 today.
inline constexpr std::uint32_t pbkdf2_iterations = 5'000'000;

/// The sum of the iterations that one file may ask for: a PKCS#12 derives a key for each of its
/// bags.
inline constexpr std::uint64_t file_iterations = 20'000'000;

/// Memory of scrypt, 128 * N * r (KEY-02).
inline constexpr std::uint64_t scrypt_memory = 256ULL * 1024 * 1024;

/// Work of scrypt, N * r * p: its memory gone over four times.
inline constexpr std::uint64_t scrypt_work = 8ULL * 1024 * 1024;

/// Salt of a key derivation. 8 to 64 octets are usual.
inline constexpr std::size_t salt = 1024;

/// A key file. PKCS#12 with a chain is some 10 kB.
inline constexpr std::size_t key_file = 1024 * 1024;

/// Files of a key directory that are read.
inline constexpr std::size_t key_files = 1000;

/// Bags of a PKCS#12, and how deep safeContentsBags stand in one another (KEY-02). Nobody writes
/// nested ones.
inline constexpr std::size_t pkcs12_bags = 1000;
inline constexpr int pkcs12_nesting = 4;

/// RSA modulus (CERT-10): beyond, one operation takes longer than a person waits.
inline constexpr std::size_t rsa_bits = 8192;

/// Below this an RSA modulus is weak (RFC 8551, 4.1): said, but old mail still opens.
inline constexpr std::size_t rsa_strong_bits = 2048;

/// RSA public exponent, octets (CERT-10).
inline constexpr std::size_t rsa_exponent = 32;

}  // namespace keystore::limits
