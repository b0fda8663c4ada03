#include "keystore/public_key.hpp"

#include <map>

#include "keystore/der.hpp"
#include "tests/catch.hpp"
#include "tests/keystore/files.hpp"

using namespace keystore;
using tests::key_file;

namespace {

namespace der = keystore::der;
using Kind = PublicKey::Kind;

PublicKey key_of(const std::string& name) {
    auto key = PublicKey::parse(key_file(name + ".spki"));
    REQUIRE(key);
    return *key;
}

/// An AlgorithmIdentifier with these parameters, already DER.
Bytes algorithm_identifier(std::string_view oid, const Bytes& parameters = {}) {
    der::Writer fields, out;
    fields.oid(oid);
    fields.raw(parameters);
    out.element(der::sequence, fields.octets());
    return out.take();
}

const Bytes null{0x05, 0x00};

std::optional<SignatureAlgorithm> algorithm(std::string_view oid, const Bytes& parameters = {}) {
    return SignatureAlgorithm::parse(algorithm_identifier(oid, parameters));
}

const std::map<std::string, std::string> hash_oids{
    {"md5", "1.2.840.113549.2.5"},        {"sha1", "1.3.14.3.2.26"},
    {"sha224", "2.16.840.1.101.3.4.2.4"}, {"sha256", "2.16.840.1.101.3.4.2.1"},
    {"sha384", "2.16.840.1.101.3.4.2.2"}, {"sha512", "2.16.840.1.101.3.4.2.3"}};

/// RSASSA-PSS-params, all of them written out.
Bytes pss_parameters(const std::string& hash, const std::string& mgf1, std::uint64_t salt,
                     std::uint64_t trailer = 1) {
    der::Writer mask, mask_out, salt_out, trailer_out, fields, out;
    mask.oid("1.2.840.113549.1.1.8");
    mask.raw(algorithm_identifier(hash_oids.at(mgf1), null));
    mask_out.element(der::sequence, mask.octets());
    salt_out.integer(salt);
    trailer_out.integer(trailer);
    fields.element(der::context(0, true), algorithm_identifier(hash_oids.at(hash), null));
    fields.element(der::context(1, true), mask_out.octets());
    fields.element(der::context(2, true), salt_out.octets());
    fields.element(der::context(3, true), trailer_out.octets());
    out.element(der::sequence, fields.octets());
    return out.take();
}

std::optional<SignatureAlgorithm> pss(const std::string& hash, const std::string& mgf1,
                                      std::uint64_t salt) {
    return algorithm("1.2.840.113549.1.1.10", pss_parameters(hash, mgf1, salt));
}

Bytes rsa_key(const Bytes& modulus, const Bytes& exponent) {
    der::Writer numbers, key, fields, out;
    numbers.unsigned_integer(modulus);
    numbers.unsigned_integer(exponent);
    key.raw(Bytes{0});
    key.element(der::sequence, numbers.octets());
    fields.raw(algorithm_identifier("1.2.840.113549.1.1.1", null));
    fields.element(der::bit_string, key.octets());
    out.element(der::sequence, fields.octets());
    return out.take();
}

Bytes modulus(std::size_t bits) {
    Bytes octets((bits + 7) / 8, 0xa5);
    octets[0] = static_cast<std::uint8_t>(1 << (bits - 1) % 8);
    return octets;
}

/// A file that make_keys.sh named after these words.
Bytes signature_file(const std::vector<std::string>& words) {
    std::string name;
    for (const std::string& word : words) name.append(name.empty() ? "" : "-").append(word);
    return key_file(name + ".signature");
}

const std::vector<std::string> hashes{"md5", "sha1", "sha224", "sha256", "sha384", "sha512"};

}  // namespace

TEST_CASE("Public keys are told apart", "[public key]") {
    struct Row {
        std::string name;
        Kind kind;
        std::string word;
        std::size_t bits;
        bool weak;
    };
    const auto row = GENERATE(values<Row>({
        {"alice", Kind::rsa, "rsa", 2048, false},
        {"odd", Kind::rsa, "rsa", 2049, false},
        {"weak", Kind::rsa, "rsa", 1024, true},
        {"pss", Kind::rsa, "rsa-pss", 2048, false},
        {"ec", Kind::ec, "p256", 256, false},
        {"p384", Kind::ec, "p384", 384, false},
        {"p521", Kind::ec, "p521", 521, false},
        {"bp256", Kind::ec, "brainpool-p256r1", 256, false},
        {"bp384", Kind::ec, "brainpool-p384r1", 384, false},
        {"bp512", Kind::ec, "brainpool-p512r1", 512, false},
        {"ed25519", Kind::ed25519, "ed25519", 256, false},
        {"explicit", Kind::explicit_curve, "explicit-curve", 0, true},
        {"compressed", Kind::unsupported, "p256", 256, false},
        {"k1", Kind::unsupported, "1.3.132.0.10", 0, false},
        {"ed448", Kind::unsupported, "ed448", 0, false},
    }));
    INFO(row.name);
    const PublicKey key = key_of(row.name);
    CHECK(key.kind() == row.kind);
    CHECK(key.word() == row.word);
    CHECK(key.bits() == row.bits);
    CHECK(key.is_weak() == row.weak);
}

TEST_CASE("CERT-10: what an RSA key may cost", "[public key]") {
    const auto kind = [](const Bytes& modulus, const Bytes& exponent) {
        const auto key = PublicKey::parse(rsa_key(modulus, exponent));
        return key ? std::optional{key->kind()} : std::nullopt;
    };
    Bytes widest(32, 0xff), wider(33, 0x01);
    CHECK(kind(modulus(8192), {3}) == Kind::rsa);
    CHECK(kind(modulus(8193), {3}) == Kind::too_costly);
    CHECK(kind(modulus(2048), widest) == Kind::rsa);
    CHECK(kind(modulus(2048), wider) == Kind::too_costly);
    CHECK_FALSE(kind(modulus(2048), {1}));
    CHECK_FALSE(kind(modulus(2048), {4}));
    Bytes even = modulus(2048);
    even.back() = 0xa4;
    CHECK_FALSE(kind(even, {3}));
    // Not usable, even if asked.
    const auto key = PublicKey::parse(rsa_key(modulus(8193), {3}));
    CHECK_FALSE(key->is_usable());
    CHECK(key->verify_microseconds() == 0);
    CHECK(PublicKey::parse(rsa_key(modulus(8192), {3}))->verify_microseconds() < 15'000);
    CHECK_FALSE(key->verify(*algorithm("1.2.840.113549.1.1.11", null), Bytes{1}, Bytes(1025, 0)));
}

TEST_CASE("Signatures of openssl verify, and no others", "[public key]") {
    const Bytes message = key_file("signed");
    Bytes other = message;
    other[0] ^= 1;
    const auto check = [&](const PublicKey& key, const SignatureAlgorithm& by, Bytes signature) {
        CHECK(key.verify(by, message, signature));
        CHECK_FALSE(key.verify(by, other, signature));
        if (by.digest) CHECK(key.verify_digest(by, hash(*by.digest, message), signature));
        CHECK_FALSE(key.verify_digest(by, message, signature));
        signature.back() ^= 1;
        CHECK_FALSE(key.verify(by, message, signature));
        signature.back() ^= 1;
        signature.push_back(0);
        CHECK_FALSE(key.verify(by, message, signature));
        signature.resize(signature.size() - 2);
        CHECK_FALSE(key.verify(by, message, signature));
        CHECK_FALSE(key.verify(by, message, {}));
    };
    for (const std::string name : {"alice", "weak", "odd"}) {
        for (const std::string& hash : hashes) {
            INFO(name << ' ' << hash);
            const auto by = algorithm("1.2.840.113549.1.1.1", null)
                                ->with_digest(*digest_of_oid(hash_oids.at(hash)));
            check(key_of(name), by, signature_file({name, hash}));
        }
    }
    for (const std::string name : {"ec", "p384", "p521", "bp256", "bp384", "bp512"}) {
        for (const std::string& hash : hashes) {
            INFO(name << ' ' << hash);
            const auto by =
                algorithm("1.2.840.10045.2.1")->with_digest(*digest_of_oid(hash_oids.at(hash)));
            check(key_of(name), by, signature_file({name, hash}));
        }
    }
    check(key_of("ed25519"), *algorithm("1.3.101.112"), key_file("ed25519.signature"));
    // A curve spelled out verifies nothing.
    CHECK_FALSE(key_of("explicit")
                    .verify(*algorithm("1.2.840.10045.4.3.2"), message,
                            key_file("explicit-sha256.signature")));
}

TEST_CASE("RSASSA-PSS is verified by all of its parameters", "[public key]") {
    struct Row {
        std::string hash, mgf1;
        std::uint64_t salt;
    };
    const std::vector<Row> rows{{"sha256", "sha256", 32},
                                {"sha256", "sha1", 20},
                                {"sha512", "sha256", 0},
                                {"sha384", "sha384", 48},
                                {"sha1", "sha1", 20}};
    const Bytes message = key_file("signed");
    for (const std::string name : {"alice", "odd"}) {
        const PublicKey key = key_of(name);
        for (const Row& row : rows) {
            const Bytes signature =
                signature_file({name, "pss", row.hash, row.mgf1, std::to_string(row.salt)});
            for (const std::string& hash : hashes)
                for (const std::string& mgf1 : hashes)
                    for (const std::uint64_t salt : {0U, 19U, 20U, 32U, 48U, 64U, 1000U}) {
                        INFO(name << ' ' << row.hash << ' ' << hash << ' ' << mgf1 << ' ' << salt);
                        CHECK(key.verify(*pss(hash, mgf1, salt), message, signature) ==
                              (hash == row.hash && mgf1 == row.mgf1 && salt == row.salt));
                    }
        }
    }
    // A key that is for PSS alone, and for these parameters (RFC 4055, 3.3).
    const PublicKey key = key_of("pss");
    CHECK(key.verify(*pss("sha256", "sha256", 32), message, key_file("pss.signature")));
    CHECK(key.fits(*pss("sha256", "sha256", 40)));
    CHECK_FALSE(key.fits(*pss("sha256", "sha256", 31)));
    CHECK_FALSE(key.fits(*pss("sha512", "sha256", 32)));
    CHECK_FALSE(key.fits(*pss("sha256", "sha1", 32)));
    CHECK_FALSE(key.fits(*algorithm("1.2.840.113549.1.1.11", null)));
}

TEST_CASE("Signature algorithms: names, weakness, parameters", "[public key]") {
    using Family = SignatureAlgorithm::Family;
    const auto sha256_rsa = algorithm("1.2.840.113549.1.1.11", null);
    REQUIRE(sha256_rsa);
    CHECK(sha256_rsa->word() == "rsa-sha256");
    CHECK_FALSE(sha256_rsa->weak);
    CHECK(algorithm("1.2.840.113549.1.1.5", null)->weak);
    CHECK(algorithm("1.2.840.113549.1.1.4", null)->weak);
    const auto md2 = algorithm("1.2.840.113549.1.1.2", null);
    CHECK(md2->family == Family::unsupported);
    CHECK(md2->weak);
    CHECK(md2->word() == "rsa-md2");
    CHECK(pss("sha256", "sha1", 20)->word() == "rsa-pss");
    CHECK_FALSE(pss("sha256", "sha1", 20)->weak);
    CHECK(pss("sha1", "sha1", 20)->weak);
    const auto rsa = algorithm("1.2.840.113549.1.1.1", null);
    CHECK_FALSE(rsa->digest);
    CHECK(rsa->with_digest(Digest::sha1).weak);
    CHECK(rsa->with_digest(Digest::sha384).word() == "rsa-sha384");
    // What the algorithm says itself stands.
    CHECK(sha256_rsa->with_digest(Digest::sha512).digest == Digest::sha256);
    const auto ml_dsa = algorithm("2.16.840.1.101.3.4.3.18");
    CHECK(ml_dsa->family == Family::unsupported);
    CHECK(ml_dsa->word() == "ml-dsa-65");
    CHECK(algorithm("1.2.3.4")->word() == "1.2.3.4");
    CHECK(algorithm("1.2.3.4")->family == Family::unsupported);
    const PublicKey ec = key_of("ec");
    CHECK(signature_word(*algorithm("1.2.840.10045.4.3.2"), &ec) == "ecdsa-p256");
    CHECK(signature_word(*algorithm("1.2.840.10045.4.3.2"), nullptr) == "ecdsa-sha256");

    // Parameters that must not be there, or must.
    CHECK_FALSE(algorithm("1.3.101.112", null));
    CHECK_FALSE(algorithm("1.2.840.113549.1.1.10"));
    CHECK_FALSE(algorithm("1.2.840.113549.1.1.10", null));
    CHECK_FALSE(algorithm("1.2.840.113549.1.1.11", {0x02, 0x01, 0x00}));
    CHECK_FALSE(algorithm("1.2.840.113549.1.1.10", pss_parameters("sha256", "sha256", 32, 2)));
    // All defaults: SHA-1, 20 octets.
    const auto defaults = algorithm("1.2.840.113549.1.1.10", {0x30, 0x00});
    REQUIRE(defaults);
    CHECK(defaults->digest == Digest::sha1);
    CHECK(defaults->mgf1_digest == Digest::sha1);
    CHECK(defaults->salt_length == 20);
    CHECK(defaults->weak);
    CHECK_FALSE(SignatureAlgorithm::parse(Bytes{0x30, 0x00}));
    CHECK_FALSE(SignatureAlgorithm::parse({}));
}
