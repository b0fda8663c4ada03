#include "keystore/pbes2.hpp"

#include <array>
#include <utility>

namespace keystore {
namespace {

constexpr auto encoding = der::Limits::ber();
constexpr std::string_view pbes2_oid = "1.2.840.113549.1.5.13";
constexpr std::string_view pbkdf2_oid = "1.2.840.113549.1.5.12";
constexpr std::string_view scrypt_oid = "1.3.6.1.4.1.11591.4.11";

/// Schemes before PBES2 (RFC 8018, A.3; RFC 7292, appendix C).
constexpr std::array<std::pair<std::string_view, std::string_view>, 12> old_schemes{{
    {"1.2.840.113549.1.5.1", "PBE-MD2-DES"},
    {"1.2.840.113549.1.5.3", "PBE-MD5-DES"},
    {"1.2.840.113549.1.5.4", "PBE-MD2-RC2-64"},
    {"1.2.840.113549.1.5.6", "PBE-MD5-RC2-64"},
    {"1.2.840.113549.1.5.10", "PBE-SHA1-DES"},
    {"1.2.840.113549.1.5.11", "PBE-SHA1-RC2-64"},
    {"1.2.840.113549.1.12.1.1", "PBE-SHA1-RC4-128"},
    {"1.2.840.113549.1.12.1.2", "PBE-SHA1-RC4-40"},
    {"1.2.840.113549.1.12.1.3", "PBE-SHA1-3DES"},
    {"1.2.840.113549.1.12.1.4", "PBE-SHA1-2DES"},
    {"1.2.840.113549.1.12.1.5", "PBE-SHA1-RC2-128"},
    {"1.2.840.113549.1.12.1.6", "PBE-SHA1-RC2-40"},
}};

struct Cipher {
    std::string_view oid;
    std::size_t key_size;
    std::size_t block_size;
};
constexpr std::array<Cipher, 4> ciphers{{
    {"2.16.840.1.101.3.4.1.2", 16, 16},   // aes128-CBC-PAD
    {"2.16.840.1.101.3.4.1.22", 24, 16},  // aes192-CBC-PAD
    {"2.16.840.1.101.3.4.1.42", 32, 16},  // aes256-CBC-PAD
    {"1.2.840.113549.3.7", 24, 8},        // des-EDE3-CBC-Pad
}};

[[noreturn]] void malformed() {
    throw KeyFileError{"its encryption parameters are damaged"};
}

template <class T>
T need(std::optional<T> value) {
    if (!value) malformed();
    return std::move(*value);
}

Bytes read_octets(der::Reader& in) {
    return need(der::string_octets(need(in.next(der::octet_string)), encoding));
}

Bytes read_salt(der::Reader& in) {
    Bytes salt = read_octets(in);
    if (salt.size() > limits::salt) malformed();
    return salt;
}

/// scrypt-params (RFC 7914, 7.1).
SecretBytes derive_scrypt(der::Reader& in, const SecretBytes& passphrase, std::size_t length,
                          DerivationBudget& budget) {
    auto parameters = need(in.enter(der::sequence));
    const Bytes salt = read_salt(parameters);
    const auto n = need(parameters.small_integer());
    const auto r = need(parameters.small_integer());
    const auto p = need(parameters.small_integer());
    budget.spend_scrypt(n, r, p);
    return scrypt(passphrase.expose(), salt, n, static_cast<std::uint32_t>(r),
                  static_cast<std::uint32_t>(p), length);
}

SecretBytes derive_key(der::Reader in, const SecretBytes& passphrase, std::size_t length,
                       DerivationBudget& budget) {
    const auto oid = need(in.oid());
    if (oid == pbkdf2_oid) return derive_pbkdf2(in, passphrase, length, budget);
    if (oid == scrypt_oid) return derive_scrypt(in, passphrase, length, budget);
    throw KeyFileError{"its key derivation function " + oid + " is unknown"};
}

const Cipher& cipher_of(std::string_view oid) {
    for (const Cipher& cipher : ciphers)
        if (cipher.oid == oid) return cipher;
    throw KeyFileError{"its cipher " + std::string{oid} + " is unknown: use AES-256-CBC"};
}

}  // namespace

std::optional<Digest> digest_of(std::string_view oid) {
    if (oid == "1.2.840.113549.2.5") return Digest::md5;
    if (oid == "1.3.14.3.2.26") return Digest::sha1;
    if (oid == "2.16.840.1.101.3.4.2.4") return Digest::sha224;
    if (oid == "2.16.840.1.101.3.4.2.1") return Digest::sha256;
    if (oid == "2.16.840.1.101.3.4.2.2") return Digest::sha384;
    if (oid == "2.16.840.1.101.3.4.2.3") return Digest::sha512;
    return std::nullopt;
}

std::optional<Digest> hmac_digest_of(std::string_view oid) {
    if (oid == "1.2.840.113549.2.7") return Digest::sha1;
    if (oid == "1.2.840.113549.2.8") return Digest::sha224;
    if (oid == "1.2.840.113549.2.9") return Digest::sha256;
    if (oid == "1.2.840.113549.2.10") return Digest::sha384;
    if (oid == "1.2.840.113549.2.11") return Digest::sha512;
    return std::nullopt;
}

SecretBytes derive_pbkdf2(der::Reader& in, const SecretBytes& passphrase, std::size_t length,
                          DerivationBudget& budget) {
    auto parameters = need(in.enter(der::sequence));
    const Bytes salt = read_salt(parameters);
    const auto iterations = need(parameters.small_integer());
    if (const auto key_length = parameters.small_integer(); key_length && *key_length != length)
        malformed();
    Digest prf = Digest::sha1;
    if (!parameters.at_end()) {
        auto algorithm = need(parameters.enter(der::sequence));
        const auto oid = need(algorithm.oid());
        const auto digest = hmac_digest_of(oid);
        if (!digest) throw KeyFileError{"its pseudorandom function " + oid + " is unknown"};
        prf = *digest;
    }
    budget.spend_iterations(iterations);
    return pbkdf2(prf, passphrase.expose(), salt, static_cast<std::uint32_t>(iterations), length);
}

SecretBytes open_pbes2(der::Reader& in, BytesView sealed, const SecretBytes& passphrase,
                       DerivationBudget& budget) {
    auto algorithm = need(in.enter(der::sequence));
    const auto scheme = need(algorithm.oid());
    for (const auto& [oid, name] : old_schemes)
        if (scheme == oid)
            throw OldEncryptionError{"it is sealed with " + std::string{name} +
                                     ", which is too weak by now"};
    if (scheme != pbes2_oid) throw KeyFileError{"its encryption scheme " + scheme + " is unknown"};

    auto parameters = need(algorithm.enter(der::sequence));
    const auto derivation = need(parameters.enter(der::sequence));
    auto encryption = need(parameters.enter(der::sequence));
    const Cipher& cipher = cipher_of(need(encryption.oid()));
    const Bytes iv = read_octets(encryption);
    if (iv.size() != cipher.block_size || sealed.empty() || sealed.size() % cipher.block_size != 0)
        malformed();

    const SecretBytes key = derive_key(derivation, passphrase, cipher.key_size, budget);
    SecretBytes plain{sealed};
    const bool decrypted = cipher.block_size == 16
                               ? aes_cbc_decrypt(key.expose(), iv, plain.expose())
                               : des3_cbc_decrypt(key.expose(), iv, plain.expose());
    const auto size = size_without_padding(plain.expose(), cipher.block_size);
    if (decrypted && size) {
        plain.resize(*size);
        // One wrong key of 256 leaves a padding. What keys and certificates stand in is a SEQUENCE.
        der::Reader inside{plain.expose(), der::Limits::ber()};
        if (inside.next(der::sequence) && inside.at_end()) return plain;
    }
    throw KeyFileError{"the passphrase is wrong, or the file damaged"};
}

}  // namespace keystore
