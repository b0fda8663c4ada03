#include "keystore/identity.hpp"

#include <thread>

#include "keystore/der.hpp"
#include "tests/catch.hpp"
#include "tests/keystore/files.hpp"

using namespace keystore;
using tests::key_file;

namespace {

Identity alice() {
    return {*Certificate::parse(key_file("alice.der")), *PrivateKey::parse(key_file("pkcs8.der")),
            "alice"};
}

bool opens(const Identity& identity, const KeyTransport& transport, BytesView wrapped) {
    const auto unwrapped = identity.decrypt_key(transport, wrapped, 32);
    REQUIRE(unwrapped);
    return unwrapped->valid == 0xff &&
           unwrapped->key.expose_text() == "0123456789abcdef0123456789abcdef";
}

struct NamedDigest {
    const char* name;
    Digest digest;
};

}  // namespace

TEST_CASE("Private keys are read in each of their forms", "[private key]") {
    const auto pkcs8 = PrivateKey::parse(key_file("pkcs8.der"));
    const auto pkcs1 = PrivateKey::parse(key_file("pkcs1.der"));
    const auto sec1 = PrivateKey::parse(key_file("sec1.der"));
    REQUIRE((pkcs8 && pkcs1 && sec1));
    CHECK(pkcs8->is_rsa());
    CHECK(pkcs8->bits() == 2048);
    CHECK(pkcs1->public_key() == pkcs8->public_key());
    CHECK_FALSE(sec1->is_rsa());
    CHECK(sec1->curve() == Curve::p256);
    CHECK_FALSE(pkcs8->curve());
    CHECK(sec1->bits() == 256);
    CHECK_FALSE(sec1->rsa_raw(Bytes(256)));
    CHECK(pkcs8->public_key() ==
          Certificate::parse(key_file("alice.der"))->subject_public_key_info);
    CHECK(sec1->public_key() == Certificate::parse(key_file("ec.der"))->subject_public_key_info);
}

TEST_CASE("What is no private key is refused", "[private key]") {
    CHECK_FALSE(PrivateKey::parse({}));
    CHECK_FALSE(PrivateKey::parse(key_file("alice.der")));
    CHECK_FALSE(PrivateKey::parse(key_file("alice.key")));  // PEM
    const Bytes good = key_file("pkcs1.der");
    for (std::size_t size = 0; size < good.size(); ++size)
        CHECK_FALSE(PrivateKey::parse(BytesView{good}.first(size)));
    // A number of a key that has changed makes another key, or none; nothing else.
    Bytes changed = good;
    changed[20] ^= 4;
    CHECK_FALSE(PrivateKey::parse(changed));
}

TEST_CASE("CERT-10: an RSA modulus beyond 8192 bit is refused", "[private key]") {
    der::Writer numbers, key;
    numbers.integer(0);
    Bytes n(1025, 0xff);
    for (int i = 0; i < 8; ++i) numbers.unsigned_integer(n);
    key.element(der::sequence, numbers.octets());
    CHECK_FALSE(PrivateKey::parse(key.octets()));
}

TEST_CASE("Keys that openssl wrapped are unwrapped", "[identity]") {
    const Identity identity = alice();
    CHECK(opens(identity, {}, key_file("v15.wrapped")));

    const NamedDigest hashes[] = {{"sha1", Digest::sha1},
                                  {"sha224", Digest::sha224},
                                  {"sha256", Digest::sha256},
                                  {"sha384", Digest::sha384},
                                  {"sha512", Digest::sha512}};
    const NamedDigest mgf1_hashes[] = {
        {"sha1", Digest::sha1}, {"sha256", Digest::sha256}, {"sha512", Digest::sha512}};
    for (const auto& hash : hashes)
        for (const auto& mgf1 : mgf1_hashes) {
            const KeyTransport transport{KeyTransport::Scheme::oaep, hash.digest, mgf1.digest, {}};
            const std::string name =
                std::string{"oaep-"} + hash.name + "-" + mgf1.name + ".wrapped";
            INFO(name);
            CHECK(opens(identity, transport, key_file(name)));
            CHECK_FALSE(opens(identity, {}, key_file(name)));
        }
    KeyTransport labelled{KeyTransport::Scheme::oaep, Digest::sha1, Digest::sha1, {}};
    CHECK_FALSE(opens(identity, labelled, key_file("oaep-label.wrapped")));
    labelled.label = tests::from_hex("6c6162656c");
    CHECK(opens(identity, labelled, key_file("oaep-label.wrapped")));
    CHECK_FALSE(opens(identity, labelled, key_file("oaep-sha1-sha1.wrapped")));
}

TEST_CASE("What does not unwrap gives the same octets each time (RFC 3218)", "[identity]") {
    const Identity identity = alice();
    Bytes wrapped = key_file("v15.wrapped");
    wrapped[100] ^= 1;
    const auto first = identity.decrypt_key({}, wrapped, 32);
    const auto second = identity.decrypt_key({}, wrapped, 32);
    REQUIRE((first && second));
    CHECK(first->valid == 0);
    CHECK(tests::hex(first->key.expose()) == tests::hex(second->key.expose()));
    wrapped[100] ^= 2;
    const auto third = identity.decrypt_key({}, wrapped, 32);
    CHECK(tests::hex(first->key.expose()) != tests::hex(third->key.expose()));
    CHECK(identity.decrypt_key({}, wrapped, 100)->key.size() == 100);
}

TEST_CASE("Only what everybody can see is told apart", "[identity]") {
    const Identity identity = alice();
    CHECK_FALSE(identity.decrypt_key({}, Bytes(255), 32));
    CHECK_FALSE(identity.decrypt_key({}, Bytes(257), 32));
    CHECK_FALSE(identity.decrypt_key({}, {}, 32));
    // Beyond the modulus, zero, one: no key, but no other answer either.
    for (const std::uint8_t octet : {std::uint8_t{0xff}, std::uint8_t{0x00}}) {
        const auto unwrapped = identity.decrypt_key({}, Bytes(256, octet), 32);
        REQUIRE(unwrapped);
        CHECK(unwrapped->valid == 0);
        CHECK(unwrapped->key.size() == 32);
    }
    const Identity elliptic{*Certificate::parse(key_file("ec.der")),
                            *PrivateKey::parse(key_file("sec1.der")), "ec"};
    CHECK_FALSE(elliptic.decrypt_key({}, Bytes(256), 32));
}

TEST_CASE("Many threads work with one identity", "[identity]") {
    const Identity identity = alice();
    const Bytes wrapped = key_file("v15.wrapped");
    std::vector<std::thread> threads;
    std::vector<int> opened(4);
    for (int& count : opened)
        threads.emplace_back([&identity, &wrapped, &count] {
            for (int i = 0; i < 10; ++i)
                if (identity.decrypt_key({}, wrapped, 32)->valid == 0xff) ++count;
        });
    for (std::thread& thread : threads) thread.join();
    CHECK(opened == std::vector<int>(4, 10));
}
