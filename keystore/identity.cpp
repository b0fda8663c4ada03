#include "keystore/identity.hpp"

namespace keystore {

Identity::Identity(Certificate certificate, PrivateKey key, std::string source)
    : certificate_{std::move(certificate)}, key_{std::move(key)}, source_{std::move(source)} {}

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

}  // namespace keystore
