#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "keystore/curve.hpp"
#include "keystore/secret.hpp"

/// The primitives, behind one face whatever the library's version. This and proxy/tls are the only
/// places that know mbedTLS, and crypto_ed25519 libsodium. No type of the library shows here.
namespace keystore {

enum class Digest { md5, sha1, sha224, sha256, sha384, sha512 };

std::size_t digest_size(Digest digest);
Bytes hash(Digest digest, BytesView octets);

/// Hash computes a digest of octets that come in pieces.
class Hash {
public:
    explicit Hash(Digest digest);
    ~Hash();
    Hash(Hash&&) noexcept;
    Hash& operator=(Hash&&) noexcept;
    void update(BytesView octets);
    Bytes finish();
    SecretBytes finish_secret();

private:
    struct State;
    std::unique_ptr<State> state_;
};

SecretBytes hmac(Digest digest, BytesView key, BytesView octets);

/// PBKDF2 (RFC 8018, 5.2). The caller has capped the iterations.
SecretBytes pbkdf2(Digest prf, BytesView password, BytesView salt, std::uint32_t iterations,
                   std::size_t length);

/// scrypt (RFC 7914). The caller has capped the memory, 128 * n * r octets.
SecretBytes scrypt(BytesView password, BytesView salt, std::uint64_t n, std::uint32_t r,
                   std::uint32_t p, std::size_t length);

/// Fills with random octets of the system's generator: no state of ours that a fork would copy.
/// Throws std::runtime_error if the system has none.
void fill_random(std::span<std::uint8_t> octets);

/// True if both are equal; takes the same time wherever they differ.
bool equal_in_constant_time(BytesView a, BytesView b);

/// Decrypts AES-CBC in place (key of 16, 24 or 32 octets, IV of 16, octets a multiple of 16);
/// padding is not looked at. False if the sizes do not fit. Several MiB are shared among threads,
/// which end before it returns.
bool aes_cbc_decrypt(BytesView key, BytesView iv, std::span<std::uint8_t> octets);

/// Decrypts 3DES-CBC or DES-CBC in place (key of 24 or 8 octets, IV of 8).
bool des3_cbc_decrypt(BytesView key, BytesView iv, std::span<std::uint8_t> octets);
bool des_cbc_decrypt(BytesView key, BytesView iv, std::span<std::uint8_t> octets);

/// What stands before the PKCS#7 padding (RFC 5652, 6.3) of a block size of 8 or 16. Both values
/// are found in the same time for every padding, right or wrong; valid is a mask.
struct Unpadded {
    std::size_t size = 0;
    std::uint8_t valid = 0;
};
Unpadded unpad_pkcs7(BytesView octets, std::size_t block_size);

/// Its size, or nothing if the padding is wrong: for who must decide now.
std::optional<std::size_t> size_without_padding(BytesView octets, std::size_t block_size);

/// Decrypts AES-GCM in place after checking the tag over the whole (RFC 5084). False, and no octet
/// of plaintext left in octets, if the tag is wrong or a size does not fit (nonce 12, tag 12 to
/// 16).
bool aes_gcm_decrypt(BytesView key, BytesView nonce, BytesView aad, BytesView tag,
                     std::span<std::uint8_t> octets);

/// The same for AES-CCM (RFC 5084; nonce of 7 to 13, tag of 12, 14 or 16).
bool aes_ccm_decrypt(BytesView key, BytesView nonce, BytesView aad, BytesView tag,
                     std::span<std::uint8_t> octets);

/// The same for ChaCha20-Poly1305 (RFC 8103; key of 32, nonce of 12, tag of 16).
bool chacha20_poly1305_decrypt(BytesView key, BytesView nonce, BytesView aad, BytesView tag,
                               std::span<std::uint8_t> octets);

/// Encrypts with AES-256-GCM (for what we seal ourselves); the tag of 16 octets is appended.
Bytes aes_gcm_seal(BytesView key, BytesView nonce, BytesView aad, BytesView plaintext);

/// The public key of a private one, as certificates have it: of X25519 the coordinate, of the other
/// curves the uncompressed point (SEC 1, 2.3.3). Nothing if private_key is none of the curve.
std::optional<Bytes> ecdh_public_key(Curve curve, BytesView private_key);

/// ECDH (SEC 1, 3.3.1; RFC 7748, 6.1): the shared secret, of field_size() octets, leading zeros
/// included. Nothing if public_key is no point of the curve in the form of ecdh_public_key(), or of
/// a small order, so that the secret would be no secret (ENC-09).
std::optional<SecretBytes> ecdh(Curve curve, BytesView private_key, BytesView public_key);

/// PrivateKey is an RSA key, or a key of ECDH. A private operation takes no lock that another
/// thread could hold: each thread works on a copy of its own.
class PrivateKey {
public:
    /// Reads a PKCS#8 PrivateKeyInfo, a PKCS#1 RSAPrivateKey or a SEC1 ECPrivateKey in DER. Nothing
    /// if it is none of these, or on a curve that is not offered.
    static std::optional<PrivateKey> parse(BytesView der);
    ~PrivateKey();
    PrivateKey(PrivateKey&&) noexcept;
    PrivateKey& operator=(PrivateKey&&) noexcept;

    bool is_rsa() const;
    std::optional<Curve> curve() const;  ///< none: it is RSA
    std::size_t bits() const;            ///< of the modulus, or of the curve's field
    /// The DER of the SubjectPublicKeyInfo that belongs to it. Its subject_public_key() equals its
    /// certificate's.
    const Bytes& public_key() const;
    /// m = c^d mod n, blinded, as octets of the modulus' size; nothing if c is not of this size, or
    /// not below n.
    std::optional<SecretBytes> rsa_raw(BytesView c) const;
    /// The secret shared with a public key (see ecdh()); nothing also if the key is RSA.
    std::optional<SecretBytes> agree(BytesView public_key) const;
    /// Octets that stand for a key where c does not hold one: always the same for one c, and random
    /// to all who lack the private key. So a message opens, or not, each time alike.
    SecretBytes substitute(BytesView c, std::size_t length) const;

private:
    struct State;
    explicit PrivateKey(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

/// A content-encryption key as an unwrapping found it. valid is all ones or all zeros; it is never
/// branched on, only selected by (select_key), so that no timing tells a good padding from a bad
/// one (RFC 3218).
struct UnwrappedKey {
    SecretBytes key;  ///< exactly the length that was asked for
    std::uint8_t valid = 0;
};

/// EME-PKCS1-v1_5 decoding in constant time (RFC 8017, 7.2.2). If the padding or the length of what
/// it holds is wrong, key is random octets and valid zero (implicit rejection).
UnwrappedKey unpad_pkcs1_v15(const SecretBytes& encoded, std::size_t key_length);

/// The same, with the octets that are the key if it is not valid.
UnwrappedKey unpad_pkcs1_v15(const SecretBytes& encoded, SecretBytes substitute);

/// EME-OAEP decoding in constant time (RFC 8017, 7.1.2), with any two hashes and any label.
UnwrappedKey unpad_oaep(const SecretBytes& encoded, Digest hash, Digest mgf1_hash, BytesView label,
                        std::size_t key_length);
UnwrappedKey unpad_oaep(const SecretBytes& encoded, Digest hash, Digest mgf1_hash, BytesView label,
                        SecretBytes substitute);

/// AES key unwrapping (RFC 3394, 2.2.2) in constant time, with the octets that are the key if it is
/// not valid. Not valid also, at once, if the sizes do not fit: wrapped is 8 octets longer than the
/// key, which has at least 16.
UnwrappedKey aes_unwrap_key(BytesView kek, BytesView wrapped, SecretBytes substitute);

/// The same of 3DES key unwrapping (RFC 3217, 3.2): kek and key have 24 octets, wrapped 40. The
/// parity of the key's octets is not looked at: no sender's library agrees on it, and the checksum
/// says more.
UnwrappedKey des3_unwrap_key(BytesView kek, BytesView wrapped, SecretBytes substitute);

/// Puts candidate into chosen if candidate is valid and chosen is not, in constant time. Both keys
/// are of one length.
void select_key(UnwrappedKey& chosen, const UnwrappedKey& candidate);

/// s^e mod n (RFC 8017, 5.2.2), as octets of the modulus' size; nothing if s is not of this size,
/// or not below n. Modulus and exponent are magnitudes without leading zeros, within CERT-10's
/// bounds.
std::optional<Bytes> rsa_public(BytesView modulus, BytesView exponent, BytesView octets);

/// True if signature (a DER ECDSA-Sig-Value, RFC 3279, 2.2.3) is that of the key with this point (X
/// and Y, of the field's size each) over digest. The point is checked to be on the curve.
bool ecdsa_verify(Curve curve, BytesView point, BytesView digest, BytesView signature);

/// True if signature is public_key's over message by Ed25519 (RFC 8032, 5.1.7), which libsodium
/// verifies: mbedTLS has none. Keys of small order verify nothing.
bool ed25519_verify(BytesView public_key, BytesView message, BytesView signature);

/// XORs MGF1 (RFC 8017, B.2.1) of seed onto mask.
void apply_mgf1(Digest digest, BytesView seed, std::span<std::uint8_t> mask);

/// The library's name and version ("Mbed TLS 2.28.3"), and whether it has fixes that we want (3.6.6
/// and up).
std::string library_version();
bool library_is_current();

}  // namespace keystore
