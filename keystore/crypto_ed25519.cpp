#include <sodium.h>

#include <stdexcept>

#include "keystore/crypto.hpp"

namespace keystore {

bool ed25519_verify(BytesView public_key, BytesView message, BytesView signature) {
    static const bool ready = sodium_init() >= 0;
    if (!ready) throw std::runtime_error{"libsodium could not be initialised"};
    return public_key.size() == crypto_sign_PUBLICKEYBYTES &&
           signature.size() == crypto_sign_BYTES &&
           crypto_sign_verify_detached(signature.data(), message.data(), message.size(),
                                       public_key.data()) == 0;
}

}  // namespace keystore
