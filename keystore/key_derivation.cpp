#include "keystore/key_derivation.hpp"

#include <array>
#include <stdexcept>

namespace keystore {

SecretBytes derive_x963(Digest digest, BytesView secret, BytesView shared_info,
                        std::size_t length) {
    SecretBytes key;
    key.reserve(length + digest_size(digest));
    for (std::uint32_t counter = 1; key.size() < length; ++counter) {
        const std::array<std::uint8_t, 4> number{static_cast<std::uint8_t>(counter >> 24),
                                                 static_cast<std::uint8_t>(counter >> 16 & 0xff),
                                                 static_cast<std::uint8_t>(counter >> 8 & 0xff),
                                                 static_cast<std::uint8_t>(counter & 0xff)};
        Hash hash{digest};
        hash.update(secret);
        hash.update(number);
        hash.update(shared_info);
        key.append(hash.finish_secret().expose());
    }
    key.resize(length);
    return key;
}

SecretBytes derive_hkdf(Digest digest, BytesView secret, BytesView salt, BytesView info,
                        std::size_t length) {
    const std::size_t size = digest_size(digest);
    if (length > 255 * size) throw std::invalid_argument{"HKDF gives no key of this length"};
    const SecretBytes extracted = hmac(digest, salt, secret);
    SecretBytes key;
    key.reserve(length + size);
    SecretBytes previous;
    for (std::uint8_t counter = 1; key.size() < length; ++counter) {
        SecretBytes input;
        input.reserve(previous.size() + info.size() + 1);
        input.append(previous.expose());
        input.append(info);
        input.append(std::array<std::uint8_t, 1>{counter});
        previous = hmac(digest, extracted.expose(), input.expose());
        key.append(previous.expose());
    }
    key.resize(length);
    return key;
}

}  // namespace keystore
