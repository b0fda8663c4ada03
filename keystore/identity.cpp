#include "keystore/identity.hpp"

#include "keystore/key_derivation.hpp"
#include "keystore/limits.hpp"

namespace keystore {
namespace {

/// Octets that wrapping adds to a key (RFC 3394, 2.2.1; RFC 3217, 3.1).
std::size_t overhead(KeyAgreement::Wrap wrap) {
    return wrap == KeyAgreement::Wrap::aes ? 8 : 16;
}

UnwrappedKey unwrap(KeyAgreement::Wrap wrap, const SecretBytes& kek, BytesView wrapped,
                    SecretBytes substitute) {
    return wrap == KeyAgreement::Wrap::aes
               ? aes_unwrap_key(kek.expose(), wrapped, std::move(substitute))
               : des3_unwrap_key(kek.expose(), wrapped, std::move(substitute));
}

SecretBytes copy(const SecretBytes& octets) {
    return SecretBytes{octets.expose()};
}

}  // namespace

Identity::Identity(Certificate certificate, PrivateKey key, std::string source)
    : certificate_{std::move(certificate)}, key_{std::move(key)}, source_{std::move(source)} {}

bool Identity::is_weak() const {
    return key_.is_rsa() && key_.bits() < limits::rsa_strong_bits;
}

std::optional<UnwrappedKey> Identity::decrypt_key(const KeyTransport& transport,
                                                  BytesView encrypted_key,
                                                  std::size_t key_length) const {
    if (!key_.is_rsa() || encrypted_key.size() != (key_.bits() + 7) / 8) return std::nullopt;
    SecretBytes substitute = key_.substitute(encrypted_key, key_length);
    // Nothing if the number is not below the modulus, which everybody can see.
    const auto encoded = key_.rsa_raw(encrypted_key);
    if (!encoded) return UnwrappedKey{std::move(substitute), 0};
    switch (transport.scheme) {
        case KeyTransport::Scheme::pkcs1_v15:
            return unpad_pkcs1_v15(*encoded, std::move(substitute));
        case KeyTransport::Scheme::oaep:
            return unpad_oaep(*encoded, transport.hash, transport.mgf1_hash, transport.label,
                              std::move(substitute));
    }
    return std::nullopt;
}

std::optional<UnwrappedKey> Identity::agree_key(const KeyAgreement& agreement,
                                                BytesView encrypted_key,
                                                std::size_t key_length) const {
    if (key_.is_rsa() || encrypted_key.size() != key_length + overhead(agreement.wrap))
        return std::nullopt;
    if (agreement.curve && *agreement.curve != curve_oid(*key_.curve())) return std::nullopt;
    Bytes sent = agreement.public_key;
    sent.insert(sent.end(), encrypted_key.begin(), encrypted_key.end());
    SecretBytes substitute = key_.substitute(sent, key_length);
    // Nothing if the sender's key is no point of the curve, which everybody can see.
    const auto secret = key_.agree(agreement.public_key);
    if (!secret) return UnwrappedKey{std::move(substitute), 0};

    if (agreement.derivation == KeyAgreement::Derivation::x963) {
        const SecretBytes kek = derive_x963(agreement.hash, secret->expose(), agreement.shared_info,
                                            agreement.kek_length);
        return unwrap(agreement.wrap, kek, encrypted_key, std::move(substitute));
    }
    const auto with_salt = [&](BytesView salt) {
        const SecretBytes kek = derive_hkdf(agreement.hash, secret->expose(), salt,
                                            agreement.shared_info, agreement.kek_length);
        return unwrap(agreement.wrap, kek, encrypted_key, copy(substitute));
    };
    // The salt is the user keying material (RFC 8418, 2.2); Bouncy Castle has none all the same.
    UnwrappedKey key = with_salt(agreement.user_keying_material);
    if (!agreement.user_keying_material.empty()) select_key(key, with_salt({}));
    return key;
}

std::string Identity::key_text() const {
    const auto curve = key_.curve();
    if (!curve) return "rsa " + std::to_string(key_.bits()) + " bits";
    return (curve == Curve::x25519 ? "" : "ec ") + std::string{curve_word(*curve)};
}

}  // namespace keystore
