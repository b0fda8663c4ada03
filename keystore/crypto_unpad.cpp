#include <stdexcept>

#include "keystore/constant_time.hpp"
#include "keystore/crypto.hpp"

// Both decodings know how long the key must be, so that every octet of the encoded message has one
// place: no loop and no index depends on what stands there.

namespace keystore {
namespace {

namespace ct = constant_time;

SecretBytes random_key(std::size_t length) {
    SecretBytes key{length};
    fill_random(key.expose());
    return key;
}

/// The last octets of message if valid, otherwise the substitute.
UnwrappedKey choose(std::uint8_t valid, BytesView message, SecretBytes substitute) {
    const BytesView candidate = message.last(substitute.size());
    auto key = substitute.expose();
    for (std::size_t i = 0; i < key.size(); ++i) key[i] = ct::select(valid, candidate[i], key[i]);
    return {std::move(substitute), valid};
}

}  // namespace

void apply_mgf1(Digest digest, BytesView seed, std::span<std::uint8_t> mask) {
    std::uint32_t counter = 0;
    for (std::size_t at = 0; at < mask.size(); ++counter) {
        const std::uint8_t number[] = {static_cast<std::uint8_t>(counter >> 24),
                                       static_cast<std::uint8_t>(counter >> 16 & 0xff),
                                       static_cast<std::uint8_t>(counter >> 8 & 0xff),
                                       static_cast<std::uint8_t>(counter & 0xff)};
        Hash hash{digest};
        hash.update(seed);
        hash.update(number);
        const SecretBytes piece = hash.finish_secret();
        for (std::size_t i = 0; i < piece.size() && at < mask.size(); ++i, ++at)
            mask[at] = static_cast<std::uint8_t>(mask[at] ^ piece.expose()[i]);
    }
}

UnwrappedKey unpad_pkcs1_v15(const SecretBytes& encoded, std::size_t key_length) {
    return unpad_pkcs1_v15(encoded, random_key(key_length));
}

// EM = 0x00 || 0x02 || PS (8 octets at least, none zero) || 0x00 || M
UnwrappedKey unpad_pkcs1_v15(const SecretBytes& encoded, SecretBytes substitute) {
    const BytesView em = encoded.expose();
    if (em.size() < substitute.size() + 11) return {std::move(substitute), 0};
    const std::size_t separator = em.size() - substitute.size() - 1;
    std::uint8_t valid = ct::is_zero(em[0]);
    valid &= ct::is_equal(em[1], 2);
    for (std::size_t i = 2; i < separator; ++i)
        valid &= static_cast<std::uint8_t>(~ct::is_zero(em[i]));
    valid &= ct::is_zero(em[separator]);
    return choose(valid, em, std::move(substitute));
}

UnwrappedKey unpad_oaep(const SecretBytes& encoded, Digest hash, Digest mgf1_hash, BytesView label,
                        std::size_t key_length) {
    return unpad_oaep(encoded, hash, mgf1_hash, label, random_key(key_length));
}

// EM = 0x00 || maskedSeed || maskedDB;  DB = lHash || PS (zeros) || 0x01 || M
UnwrappedKey unpad_oaep(const SecretBytes& encoded, Digest hash, Digest mgf1_hash, BytesView label,
                        SecretBytes substitute) {
    const std::size_t hash_size = digest_size(hash);
    if (encoded.size() < substitute.size() + 2 * hash_size + 2) return {std::move(substitute), 0};
    SecretBytes unmasked{encoded.expose()};
    const auto seed = unmasked.expose().subspan(1, hash_size);
    const auto db = unmasked.expose().subspan(1 + hash_size);
    apply_mgf1(mgf1_hash, db, seed);
    apply_mgf1(mgf1_hash, seed, db);

    std::uint8_t valid = ct::is_zero(unmasked.expose()[0]);
    const Bytes label_hash = keystore::hash(hash, label);
    for (std::size_t i = 0; i < hash_size; ++i) valid &= ct::is_equal(db[i], label_hash[i]);
    const std::size_t separator = db.size() - substitute.size() - 1;
    for (std::size_t i = hash_size; i < separator; ++i) valid &= ct::is_zero(db[i]);
    valid &= ct::is_equal(db[separator], 1);
    return choose(valid, db, std::move(substitute));
}

void select_key(UnwrappedKey& chosen, const UnwrappedKey& candidate) {
    if (chosen.key.size() != candidate.key.size())
        throw std::invalid_argument{"keys of two lengths"};
    const auto take = static_cast<std::uint8_t>(candidate.valid & ~chosen.valid);
    const auto key = chosen.key.expose();
    for (std::size_t i = 0; i < key.size(); ++i)
        key[i] = ct::select(take, candidate.key.expose()[i], key[i]);
    chosen.valid |= candidate.valid;
}

}  // namespace keystore
