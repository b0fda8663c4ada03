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

/// A file of trust anchors or CRLs: the largest CRLs have 30 MB (CERT-09), the system's bundle 0.2.
inline constexpr std::size_t trust_file = 64 * 1024 * 1024;

/// Certificates of all files of trust anchors and intermediates together. The system's bundle has
/// 140, all intermediates that browsers know some 2 000.
inline constexpr std::size_t trust_certificates = 10'000;

/// Files of a key directory that are read.
inline constexpr std::size_t key_files = 1000;

/// Bags of a PKCS#12, and how deep safeContentsBags stand in one another (KEY-02). Nobody writes
/// nested ones.
inline constexpr std::size_t pkcs12_bags = 1000;
inline constexpr int pkcs12_nesting = 4;

/// Policies of one certificate, and mappings. Real ones have a handful.
inline constexpr std::size_t policies = 100;

/// Certificates of a path, the anchor included (CERT-10). Real ones have three to five.
inline constexpr std::size_t path_depth = 10;

/// Certificates of a message that are looked at for a path (CERT-10), and their octets together:
/// ten with the longest signatures of SLH-DSA have half of it. Each may be compared for each
/// signer.
inline constexpr std::size_t message_certificates = 500;
inline constexpr std::size_t message_certificate_octets = 1024 * 1024;

/// Steps of the searches for paths of one message: certificates put to an end, whether they lead on
/// or not. Ten cross-certified CAs, all of one another, take some thousands.
inline constexpr std::size_t path_steps = 20'000;

/// Comparisons of a name with a name constraint or with the names of a CRL, for one message. Some
/// 10 ms, or 300 if the names are as long as message_certificate_octets let them be.
inline constexpr std::size_t name_comparisons = 200'000;

/// Signatures that are checked for one message, and about how long that takes (CERT-10). The
/// slowest keys take some 15 ms each.
inline constexpr std::size_t signature_checks = 100;
inline constexpr std::uint64_t signature_microseconds = 600'000;

/// A megabyte takes about so long to digest by the slowest of our digests.
inline constexpr std::uint64_t digested_octets_in_a_microsecond = 200;

/// Entries of a CRL: CAs with a million revoked certificates exist, in partitions.
inline constexpr std::size_t crl_entries = 1'000'000;

/// The issuer of a CRL may need a path of its own, whose CRLs may be of another issuer again.
inline constexpr int crl_nesting = 2;

/// CRLs that come with a message, and their octets together: 200 000 entries.
inline constexpr std::size_t message_certificate_lists = 100;
inline constexpr std::size_t message_certificate_list_octets = 8 * 1024 * 1024;

/// Distribution points of one certificate that are looked up. Real ones have one to three.
inline constexpr std::size_t distribution_points = 100;

/// RSA modulus (CERT-10): beyond, one operation takes longer than a person waits.
inline constexpr std::size_t rsa_bits = 8192;

/// Below this an RSA modulus is weak (RFC 8551, 4.1): said, but old mail still opens.
inline constexpr std::size_t rsa_strong_bits = 2048;

/// RSA public exponent, octets (CERT-10).
inline constexpr std::size_t rsa_exponent = 32;

}  // namespace keystore::limits
