#include <algorithm>

#include "keystore/crypto_encrypt.hpp"
#include "keystore/identity.hpp"
#include "keystore/key_derivation.hpp"
#include "keystore/key_file.hpp"
#include "tests/catch.hpp"
#include "tests/keystore/files.hpp"

// ECDH, derivation and key wrap beside what openssl makes of the same keys (make_keys.sh).

using namespace keystore;
using tests::from_hex;
using tests::hex;
using tests::key_file;

namespace {

struct Row {
    const char* file;
    Curve curve;
    std::size_t bits;
    const char* text;
};

constexpr Row rows[] = {
    {"P-256", Curve::p256, 256, "ec p256"},
    {"P-384", Curve::p384, 384, "ec p384"},
    {"P-521", Curve::p521, 521, "ec p521"},
    {"brainpoolP256r1", Curve::brainpool_p256r1, 256, "ec brainpool-p256r1"},
    {"brainpoolP384r1", Curve::brainpool_p384r1, 384, "ec brainpool-p384r1"},
    {"brainpoolP512r1", Curve::brainpool_p512r1, 512, "ec brainpool-p512r1"},
    {"X25519", Curve::x25519, 255, "x25519"},
};

Bytes file_of(const Row& row, const std::string& ending) {
    return key_file(row.file + ending);
}

PrivateKey key_of(const Row& row) {
    return PrivateKey::parse(file_of(row, ".pkcs8")).value();
}

Identity identity_of(const Row& row) {
    return {Certificate::parse(file_of(row, ".der")).value(), key_of(row), row.file};
}

const Row& row_of(Curve curve) {
    return *std::find_if(std::begin(rows), std::end(rows),
                         [&](const Row& row) { return row.curve == curve; });
}

std::string secret_hex(const std::optional<SecretBytes>& secret) {
    return secret ? hex(secret->expose()) : "none";
}

}  // namespace

TEST_CASE("Keys of ECDH are read in each of their forms", "[private key][agreement]") {
    for (const Row& row : rows) {
        INFO(row.file);
        const Certificate certificate = Certificate::parse(file_of(row, ".der")).value();
        std::vector<std::string> forms{".pkcs8"};
        if (row.curve != Curve::x25519)
            forms.insert(forms.end(), {".sec1", ".sec1-without-public"});
        for (const auto& form : forms) {
            const auto key = PrivateKey::parse(file_of(row, form));
            REQUIRE(key);
            CHECK_FALSE(key->is_rsa());
            CHECK(key->curve() == row.curve);
            CHECK(key->bits() == row.bits);
            CHECK(key->public_key() == certificate.subject_public_key_info);
            CHECK_FALSE(key->rsa_raw(Bytes(256)));
        }
        CHECK(identity_of(row).key_text() == row.text);
        CHECK(certificate.key_algorithm == (row.curve == Curve::x25519 ? "x25519" : "ec"));

        Passphrase passphrase{[] { return std::optional{tests::secret("secret")}; }};
        DerivationBudget budget;
        const KeyFile file = read_key_file(SecretBytes{file_of(row, ".p12")}, passphrase, budget);
        std::vector<std::string> problems;
        CHECK(identities_of(file, row.file, problems).size() == 1);
        CHECK(problems.empty());
    }
}

TEST_CASE("Keys of other curves, and broken ones, are refused", "[private key][agreement]") {
    CHECK_FALSE(PrivateKey::parse(key_file("explicit.sec1")));
    CHECK_FALSE(PrivateKey::parse(key_file("secp256k1.sec1")));
    for (const Row& row : rows) {
        const Bytes good = file_of(row, ".pkcs8");
        for (std::size_t size = 0; size < good.size(); ++size)
            CHECK_FALSE(PrivateKey::parse(BytesView{good}.first(size)));
    }
    // Zero, and the order of the group, are no private keys.
    CHECK_FALSE(ecdh_public_key(Curve::p256, Bytes(32)));
    CHECK_FALSE(ecdh_public_key(
        Curve::p256, from_hex("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551")));
    CHECK_FALSE(ecdh_public_key(Curve::p256, Bytes(73, 1)));
    CHECK_FALSE(ecdh_public_key(Curve::x25519, Bytes(31, 1)));
}

TEST_CASE("ECDH gives what openssl gives", "[agreement]") {
    for (const Row& row : rows) {
        INFO(row.file);
        const auto secret = key_of(row).agree(file_of(row, ".peer"));
        CHECK(secret_hex(secret) == hex(file_of(row, ".secret")));
        CHECK(secret->size() == field_size(row.curve));
    }
    CHECK_FALSE(PrivateKey::parse(key_file("pkcs8.der"))->agree(key_file("P-256.peer")));
}

TEST_CASE("ENC-09: what is no point of the curve gives no secret", "[agreement]") {
    for (const Row& row : rows) {
        INFO(row.file);
        const PrivateKey key = key_of(row);
        const Bytes good = file_of(row, ".peer");
        CHECK_FALSE(key.agree({}));
        CHECK_FALSE(key.agree(Bytes(1)));  // the point at infinity
        CHECK_FALSE(key.agree(Bytes(good.size())));
        CHECK_FALSE(key.agree(BytesView{good}.first(good.size() - 1)));
        Bytes longer = good;
        longer.push_back(0);
        CHECK_FALSE(key.agree(longer));
        if (row.curve == Curve::x25519) continue;  // every octet string is a coordinate there
        for (std::size_t i = 0; i < good.size(); i += 5) {
            Bytes changed = good;
            changed[i] ^= 0x10;
            CHECK_FALSE(key.agree(changed));
        }
        Bytes beyond(good.size(), 0xff);
        beyond[0] = 4;
        CHECK_FALSE(key.agree(beyond));
    }
    CHECK_FALSE(key_of(row_of(Curve::p256)).agree(key_file("P-256.peer-compressed")));
    CHECK_FALSE(key_of(row_of(Curve::p256)).agree(key_file("brainpoolP256r1.peer")));
}

TEST_CASE("ENC-09: X25519 refuses points of small order", "[agreement]") {
    const PrivateKey key = key_of(row_of(Curve::x25519));
    for (const char* point : {"0000000000000000000000000000000000000000000000000000000000000000",
                              "0100000000000000000000000000000000000000000000000000000000000000",
                              "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
                              "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
                              "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
                              "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
                              "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157"})
        CHECK_FALSE(key.agree(from_hex(point)));
}

TEST_CASE("X9.63 KDF and HKDF give what openssl gives", "[agreement]") {
    const Bytes secret = key_file("P-521.secret");
    const auto info = tests::octets("shared info");
    for (const auto& [name, digest] :
         {std::pair{"SHA1", Digest::sha1}, std::pair{"SHA224", Digest::sha224},
          std::pair{"SHA256", Digest::sha256}, std::pair{"SHA384", Digest::sha384},
          std::pair{"SHA512", Digest::sha512}})
        for (const std::size_t length : {16U, 24U, 32U, 100U}) {
            const std::string rest = std::string{"-"} + name + "-" + std::to_string(length);
            INFO(rest);
            CHECK(hex(derive_x963(digest, secret, info, length).expose()) ==
                  hex(key_file("x963" + rest)));
            CHECK(hex(derive_hkdf(digest, secret, {}, info, length).expose()) ==
                  hex(key_file("hkdf" + rest)));
            CHECK(hex(derive_hkdf(digest, secret, tests::octets("material"), info, length)
                          .expose()) == hex(key_file("hkdf-salt" + rest)));
        }
    CHECK(derive_x963(Digest::sha1, secret, info, 0).empty());
    CHECK(derive_hkdf(Digest::sha1, secret, {}, info, 0).empty());
    CHECK(derive_hkdf(Digest::sha256, secret, {}, info, 255 * 32).size() == 255 * 32);
    CHECK_THROWS_AS(derive_hkdf(Digest::sha256, secret, {}, info, 255 * 32 + 1),
                    std::invalid_argument);
}

TEST_CASE("AES key unwrapping of RFC 3394, 4", "[agreement]") {
    const Bytes kek = from_hex("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f");
    const Bytes key = from_hex("00112233445566778899aabbccddeeff000102030405060708090a0b0c0d0e0f");
    struct Example {
        std::size_t kek_size, key_size;
        const char* wrapped;
    };
    for (const Example& example : {
             Example{16, 16, "1fa68b0a8112b447aef34bd8fb5a7b829d3e862371d2cfe5"},
             Example{24, 16, "96778b25ae6ca435f92b5b97c050aed2468ab8a17ad84e5d"},
             Example{32, 16, "64e8c3f9ce0f5ba263e9777905818a2a93c8191e7d6e8ae7"},
             Example{32, 32,
                     "28c9f404c4b810f4cbccb35cfb87f8263f5786e2d80ed326cbc7f0e71a99f43b"
                     "fb988b9b7a02dd21"},
         }) {
        const BytesView own = BytesView{kek}.first(example.kek_size);
        const Bytes wrapped = from_hex(example.wrapped);
        const auto substitute = [&] { return SecretBytes{Bytes(example.key_size, 0x55)}; };
        const auto good = aes_unwrap_key(own, wrapped, substitute());
        CHECK(good.valid == 0xff);
        CHECK(hex(good.key.expose()) == hex(BytesView{key}.first(example.key_size)));
        CHECK(aes_wrap_key(own, BytesView{key}.first(example.key_size)) == wrapped);
        for (std::size_t i = 0; i < wrapped.size(); ++i) {
            Bytes changed = wrapped;
            changed[i] ^= 1;
            const auto bad = aes_unwrap_key(own, changed, substitute());
            CHECK(bad.valid == 0);
            CHECK(hex(bad.key.expose()) == hex(substitute().expose()));
        }
        CHECK(
            aes_unwrap_key(own, BytesView{wrapped}.first(wrapped.size() - 8), substitute()).valid ==
            0);
        CHECK(aes_unwrap_key(BytesView{kek}.first(15), wrapped, substitute()).valid == 0);
    }
    // An empty key, and one of a single semiblock, which RFC 3394 does not wrap.
    CHECK(aes_unwrap_key(kek, Bytes(8, 0xa6), SecretBytes{}).valid == 0);
    CHECK(aes_unwrap_key(kek, Bytes(16), SecretBytes{8}).valid == 0);
}

TEST_CASE("Keys that openssl wrapped are agreed on and unwrapped", "[identity][agreement]") {
    for (const Curve curve : {Curve::p256, Curve::brainpool_p512r1, Curve::x25519}) {
        const Row& row = row_of(curve);
        const Identity identity = identity_of(row);
        for (const std::size_t bits : {128U, 192U, 256U}) {
            KeyAgreement agreement;
            agreement.kek_length = bits / 8;
            agreement.public_key = file_of(row, ".peer");
            const auto info = tests::octets("shared info");
            agreement.shared_info.assign(info.begin(), info.end());
            const auto opens = [&](const std::string& name) {
                const Bytes wrapped =
                    file_of(row, "-" + name + "-" + std::to_string(bits) + ".wrapped");
                const auto unwrapped = identity.agree_key(agreement, wrapped, 32);
                REQUIRE(unwrapped);
                return unwrapped->valid == 0xff &&
                       unwrapped->key.expose_text() == "0123456789abcdef0123456789abcdef";
            };
            CHECK(opens("x963"));
            CHECK_FALSE(opens("hkdf"));
            agreement.derivation = KeyAgreement::Derivation::hkdf;
            agreement.hash = Digest::sha512;
            CHECK(opens("hkdf"));
            CHECK_FALSE(opens("hkdf-salt"));
            const auto material = tests::octets("material");
            agreement.user_keying_material.assign(material.begin(), material.end());
            CHECK(opens("hkdf-salt"));
            CHECK(opens("hkdf"));  // as Bouncy Castle derives it
            CHECK_FALSE(opens("x963"));
        }
    }
}

TEST_CASE("What is not agreed on gives the same octets each time", "[identity][agreement]") {
    const Row& row = row_of(Curve::p256);
    const Identity identity = identity_of(row);
    KeyAgreement agreement;
    agreement.public_key = file_of(row, ".peer");
    Bytes wrapped(40, 7);
    const auto substitute = [&] {
        const auto unwrapped = identity.agree_key(agreement, wrapped, 32);
        REQUIRE(unwrapped);
        CHECK(unwrapped->valid == 0);
        CHECK(unwrapped->key.size() == 32);
        return hex(unwrapped->key.expose());
    };
    const std::string first = substitute();
    CHECK(substitute() == first);
    wrapped[3] ^= 1;
    const std::string second = substitute();
    CHECK(second != first);
    agreement.public_key[40] ^= 1;  // no point of the curve
    CHECK(substitute() != second);
    agreement.public_key = {};
    substitute();
}

TEST_CASE("Only what everybody can see of an agreement is told apart", "[identity][agreement]") {
    const Row& row = row_of(Curve::p256);
    const Identity identity = identity_of(row);
    KeyAgreement agreement;
    agreement.public_key = file_of(row, ".peer");
    CHECK_FALSE(identity.agree_key(agreement, Bytes(39), 32));
    CHECK_FALSE(identity.agree_key(agreement, Bytes(48), 32));
    CHECK_FALSE(identity.agree_key(agreement, {}, 32));
    agreement.curve = std::string{curve_oid(Curve::p384)};
    CHECK_FALSE(identity.agree_key(agreement, Bytes(40), 32));
    agreement.curve = std::string{curve_oid(Curve::p256)};
    CHECK(identity.agree_key(agreement, Bytes(40), 32));
    const Identity rsa{*Certificate::parse(key_file("alice.der")),
                       *PrivateKey::parse(key_file("pkcs8.der")), "alice"};
    CHECK_FALSE(rsa.agree_key(agreement, Bytes(40), 32));
}

TEST_CASE("3DES key unwrapping of RFC 3217, 3.4", "[agreement]") {
    const Bytes kek = from_hex("255e0d1c07b646dfb3134cc843ba8aa71f025b7c0838251f");
    const Bytes wrapped = from_hex(
        "690107618ef092b3b48ca1796b234ae9fa33ebb4159604037db5d6a84eb3aac2768c632775a467d4");
    const auto good = des3_unwrap_key(kek, wrapped, SecretBytes{24});
    CHECK(good.valid == 0xff);
    CHECK(hex(good.key.expose()) == "2923bf85e06dd6ae529149f1f1bae9eab3a7da3d860d3e98");
    for (std::size_t i = 0; i < wrapped.size(); ++i) {
        Bytes changed = wrapped;
        changed[i] ^= 2;
        const auto bad = des3_unwrap_key(kek, changed, SecretBytes{Bytes(24, 0x55)});
        CHECK(bad.valid == 0);
        CHECK(hex(bad.key.expose()) == hex(Bytes(24, 0x55)));
    }
    CHECK(des3_unwrap_key(kek, wrapped, SecretBytes{16}).valid == 0);
    CHECK(des3_unwrap_key(BytesView{kek}.first(16), wrapped, SecretBytes{24}).valid == 0);
    CHECK(des3_unwrap_key(kek, BytesView{wrapped}.first(32), SecretBytes{24}).valid == 0);
}
