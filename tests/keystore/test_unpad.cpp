#include "keystore/crypto.hpp"
#include "tests/catch.hpp"
#include "tests/keystore/files.hpp"

using namespace keystore;

namespace {

/// EM of RFC 8017, 7.2.1, with a modulus of size octets.
SecretBytes encoded_v15(std::size_t size, BytesView key) {
    SecretBytes em{size};
    const auto octets = em.expose();
    std::fill(octets.begin(), octets.end(), std::uint8_t{0x77});
    octets[0] = 0;
    octets[1] = 2;
    octets[size - key.size() - 1] = 0;
    std::copy(key.begin(), key.end(), octets.end() - static_cast<std::ptrdiff_t>(key.size()));
    return em;
}

const Bytes key(32, 0xc3);

}  // namespace

TEST_CASE("A key comes out of PKCS #1 v1.5", "[unpad]") {
    const auto unwrapped = unpad_pkcs1_v15(encoded_v15(256, key), 32);
    CHECK(unwrapped.valid == 0xff);
    CHECK(tests::hex(unwrapped.key.expose()) == tests::hex(key));
}

TEST_CASE("Every octet of the padding of PKCS #1 v1.5 counts", "[unpad]") {
    const std::size_t size = 128;
    for (std::size_t place = 0; place < size - key.size(); ++place) {
        SecretBytes em = encoded_v15(size, key);
        const bool separator = place == size - key.size() - 1;
        em.expose()[place] = separator ? 1 : place < 2 ? 3 : 0;
        const auto unwrapped = unpad_pkcs1_v15(em, 32);
        INFO(place);
        CHECK(unwrapped.valid == 0);
        CHECK(unwrapped.key.size() == 32);
        CHECK(tests::hex(unwrapped.key.expose()) != tests::hex(key));
    }
}

TEST_CASE("A key of another length is none (implicit rejection)", "[unpad]") {
    for (const std::size_t length : {0U, 16U, 24U, 31U, 33U}) {
        const auto unwrapped = unpad_pkcs1_v15(encoded_v15(256, key), length);
        CHECK(unwrapped.valid == 0);
        CHECK(unwrapped.key.size() == length);
    }
}

TEST_CASE("PKCS #1 v1.5 wants eight octets of padding", "[unpad]") {
    CHECK(unpad_pkcs1_v15(encoded_v15(32 + 11, key), 32).valid == 0xff);
    CHECK(unpad_pkcs1_v15(encoded_v15(32 + 10, key), 32).valid == 0);
    CHECK(unpad_pkcs1_v15(SecretBytes{}, 32).valid == 0);
    CHECK(unpad_oaep(SecretBytes{}, Digest::sha1, Digest::sha1, {}, 32).valid == 0);
    CHECK(unpad_oaep(SecretBytes{41}, Digest::sha1, Digest::sha1, {}, 0).valid == 0);
}

TEST_CASE("What does not unwrap gives the substitute", "[unpad]") {
    SecretBytes em = encoded_v15(256, key);
    em.expose()[1] = 1;
    const auto unwrapped = unpad_pkcs1_v15(em, SecretBytes{Bytes(32, 0x55)});
    CHECK(unwrapped.valid == 0);
    CHECK(tests::hex(unwrapped.key.expose()) == tests::hex(Bytes(32, 0x55)));
}

TEST_CASE("The first valid key is chosen", "[unpad]") {
    const auto candidate = [](std::uint8_t octet, bool valid) {
        return UnwrappedKey{SecretBytes{Bytes(16, octet)},
                            static_cast<std::uint8_t>(valid ? 0xff : 0)};
    };
    UnwrappedKey chosen = candidate(1, false);
    select_key(chosen, candidate(2, false));
    CHECK(chosen.key.expose()[0] == 1);
    CHECK(chosen.valid == 0);
    select_key(chosen, candidate(3, true));
    CHECK(chosen.key.expose()[15] == 3);
    CHECK(chosen.valid == 0xff);
    select_key(chosen, candidate(4, true));
    CHECK(chosen.key.expose()[0] == 3);
    const UnwrappedKey longer{SecretBytes{17}, 0};
    CHECK_THROWS_AS(select_key(chosen, longer), std::invalid_argument);
}
