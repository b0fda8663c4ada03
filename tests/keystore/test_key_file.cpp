#include "keystore/key_file.hpp"

#include <algorithm>

#include "keystore/pem.hpp"
#include "keystore/pkcs12.hpp"
#include "tests/catch.hpp"
#include "tests/keystore/files.hpp"

using namespace keystore;
using tests::key_file;

namespace {

/// What reading a file gave: its identities and problems, or why it failed.
struct Outcome {
    std::vector<Identity> identities;
    std::vector<std::string> problems;
    std::string error;
    bool without_passphrase = false;
    int asked = 0;
    bool says(std::string_view text) const {
        return error.find(text) != std::string::npos ||
               std::any_of(problems.begin(), problems.end(), [&](const std::string& problem) {
                   return problem.find(text) != std::string::npos;
               });
    }
};

Outcome read_octets(BytesView octets, bool pkcs12, std::optional<std::string> passphrase) {
    Outcome outcome;
    Passphrase source{[&]() -> std::optional<SecretBytes> {
        ++outcome.asked;
        if (!passphrase) return std::nullopt;
        return tests::secret(*passphrase);
    }};
    DerivationBudget budget;
    try {
        const KeyFile file = pkcs12 ? read_pkcs12(octets, source, budget)
                                    : read_key_file(SecretBytes{octets}, source, budget);
        outcome.without_passphrase = file.without_passphrase;
        outcome.identities = identities_of(file, "test", outcome.problems);
    } catch (const KeyFileError& error) {
        outcome.error = error.what();
    }
    return outcome;
}

Outcome read(const std::string& name, std::optional<std::string> passphrase = "secret") {
    return read_octets(key_file(name), name.find(".p12") != std::string::npos, passphrase);
}

/// A private key together with alice's certificate.
Outcome read_with_certificate(const std::string& name,
                              std::optional<std::string> passphrase = "secret") {
    Bytes both = key_file(name);
    const Bytes certificate = key_file("alice.crt");
    both.insert(both.end(), certificate.begin(), certificate.end());
    return read_octets(both, false, passphrase);
}

}  // namespace

TEST_CASE("PEM blocks stand among other text", "[pem]") {
    const auto blocks = read_pem(
        "Bag Attributes: none\r\n-----BEGIN A B-----\r\n YWJj \r\nZA==\r\n-----END A B-----\r\n"
        "-----BEGIN X-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: x\n\nYWI=\n-----END X-----");
    REQUIRE(blocks.size() == 2);
    CHECK(blocks[0].label == "A B");
    CHECK(blocks[0].octets.expose_text() == "abcd");
    CHECK_FALSE(blocks[0].encrypted_in_old_form);
    CHECK(blocks[1].octets.expose_text() == "ab");
    CHECK(blocks[1].encrypted_in_old_form);
    CHECK(read_pem("").empty());
    CHECK(read_pem("-----BEGIN ").empty());
    CHECK(read_pem("-----BEGIN X-----\n-----END X-----\n")[0].octets.empty());
}

TEST_CASE("PEM that is written reads back, in lines of 64 characters (RFC 7468, 2)", "[pem]") {
    keystore::Bytes octets;
    for (unsigned size = 0; size < 200; ++size) {
        const auto text = keystore::write_pem("CERTIFICATE", octets);
        const auto blocks = read_pem(text);
        REQUIRE(blocks.size() == 1);
        CHECK(blocks[0].label == "CERTIFICATE");
        CHECK(std::ranges::equal(blocks[0].octets.expose(), octets));
        for (auto at = text.begin(); at != text.end();) {
            const auto end = std::find(at, text.end(), '\n');
            CHECK(end - at <= 64);
            at = end + 1;
        }
        octets.push_back(static_cast<std::uint8_t>(size * 37));
    }
}

TEST_CASE("A broken PEM block is refused", "[pem]") {
    for (const std::string_view body :
         {"YWJ", "YWJj=", "YW=j", "YWJ*", "Y", "Y===", "====", "YWJj\n-----END Y-----"})
        CHECK_THROWS_AS(read_pem("-----BEGIN X-----\n" + std::string{body} + "\n-----END X-----\n"),
                        KeyFileError);
    CHECK_THROWS_AS(read_pem("-----BEGIN X-----\nYWJj\n"), KeyFileError);
    CHECK_THROWS_WITH(read_pem("\n\n-----BEGIN X-----\n"), "the PEM block in line 3 does not end");
}

TEST_CASE("Private keys in the clear are read, and it is said", "[key file]") {
    for (const char* name : {"alice.key", "pkcs1.pem"}) {
        const Outcome outcome = read_with_certificate(name);
        CHECK(outcome.identities.size() == 1);
        CHECK(outcome.problems.empty());
        CHECK(outcome.without_passphrase);
        CHECK(outcome.asked == 0);
    }
}

TEST_CASE("Private keys sealed with PBES2 are read", "[key file]") {
    for (const char* name :
         {"pbes2-hmacWithSHA1.pem", "pbes2-hmacWithSHA224.pem", "pbes2-hmacWithSHA256.pem",
          "pbes2-hmacWithSHA384.pem", "pbes2-hmacWithSHA512.pem", "pbes2-aes-128-cbc.pem",
          "pbes2-aes-192-cbc.pem", "pbes2-aes-256-cbc.pem", "pbes2-des3.pem", "pbes2-scrypt.pem",
          "converted-old-pbe.pem", "converted-old-pem.pem"}) {
        INFO(name);
        const Outcome outcome = read_with_certificate(name);
        CHECK(outcome.error.empty());
        CHECK(outcome.identities.size() == 1);
        CHECK_FALSE(outcome.without_passphrase);
        CHECK(outcome.asked == 1);
        CHECK(read_with_certificate(name, "Secret").identities.empty());
        CHECK(read_with_certificate(name, "").identities.empty());
        CHECK(read_with_certificate(name, std::nullopt).says("needs a passphrase"));
    }
    CHECK(read("pbes2.der").says("no certificate"));
    CHECK(read("pkcs8.der").without_passphrase);
    CHECK(read("alice.der").says("no private key"));
}

TEST_CASE("Old encryption is refused with the command that replaces it", "[key file]") {
    CHECK(read("old-pem.pem").says("openssl pkcs8 -topk8 -in"));
    CHECK(read("old-pbe.pem").says("PBE-SHA1-3DES"));
    CHECK(read("old-pbe.pem").says("openssl pkcs8 -topk8 -provider legacy"));
    CHECK(read("legacy.p12").says("openssl pkcs12 -legacy -in"));
    CHECK(read("legacy.p12").says("PBE-SHA1-RC2-40"));
    CHECK(read("3des.p12").says("PBE-SHA1-3DES"));
    CHECK(read("legacy.p12", "wrong").says("passphrase is wrong"));
    CHECK(read("converted-legacy.pem").identities.size() == 1);
}

TEST_CASE("KEY-02: iterations are capped before they are made", "[key file]") {
    CHECK(read("too-many-iterations.pem").says("fewer iterations"));

    DerivationBudget budget;
    CHECK_THROWS_AS(budget.spend_iterations(0), KeyFileError);
    CHECK_THROWS_AS(budget.spend_iterations(limits::pbkdf2_iterations + 1), KeyFileError);
    for (int i = 0; i < 4; ++i) budget.spend_iterations(limits::pbkdf2_iterations);
    CHECK_THROWS_AS(budget.spend_iterations(1), KeyFileError);

    DerivationBudget other;
    CHECK_THROWS_AS(other.spend_scrypt(1ULL << 62, 8, 1), KeyFileError);
    CHECK_THROWS_AS(other.spend_scrypt(1ULL << 19, 8, 1), KeyFileError);  // 512 MiB
    CHECK_THROWS_AS(other.spend_scrypt(16, 1ULL << 62, 1), KeyFileError);
    CHECK_THROWS_AS(other.spend_scrypt(16, 8, 1ULL << 62), KeyFileError);
    CHECK_THROWS_AS(other.spend_scrypt(17, 8, 1), KeyFileError);
    CHECK_THROWS_AS(other.spend_scrypt(16, 0, 1), KeyFileError);
    other.spend_scrypt(1ULL << 18, 8, 1);
}

TEST_CASE("PKCS#12 files are read", "[pkcs12]") {
    for (const char* name :
         {"plain.p12", "with-chain.p12", "sha512.p12", "sha1.p12", "no-mac.p12", "in-the-clear.p12",
          "certificates-in-the-clear.p12", "slow-mac.p12", "pbmac1.p12"}) {
        if (!std::filesystem::exists(tests::keys() / name)) continue;  // openssl before 3.4
        INFO(name);
        const Outcome outcome = read(name);
        CHECK(outcome.error.empty());
        CHECK(outcome.problems.empty());
        REQUIRE(outcome.identities.size() == 1);
        CHECK(outcome.identities[0].certificate().subject_text == "CN=alice,O=Example");
        CHECK(outcome.without_passphrase == (std::string_view{name} == "in-the-clear.p12"));
        CHECK(outcome.asked == 1);
        const Outcome wrong = read(name, "wrong");
        CHECK(wrong.identities.empty());
        CHECK(wrong.says("passphrase is wrong"));
        // Some of these leave a padding behind.
        for (int i = 0; i < 600 && std::string_view{name} == "no-mac.p12"; ++i)
            CHECK(read(name, "wrong" + std::to_string(i)).says("passphrase is wrong"));
        CHECK(read(name, std::nullopt).says("needs a passphrase"));
    }
}

TEST_CASE("A PKCS#12 with an empty passphrase asks for none", "[pkcs12]") {
    const Outcome outcome = read("empty-passphrase.p12", std::nullopt);
    CHECK(outcome.identities.size() == 1);
    CHECK(outcome.without_passphrase);
    CHECK(outcome.asked == 0);
}

TEST_CASE("A passphrase of any characters opens a PKCS#12", "[pkcs12]") {
    CHECK(read("utf8.p12", "pässwörd€𝄞").identities.size() == 1);
    CHECK(read("utf8.p12", "p\xe4sswörd€𝄞").identities.empty());
}

TEST_CASE("Key and certificate must belong together", "[key file]") {
    Bytes mismatch = key_file("bob.key");
    const Bytes certificate = key_file("alice.crt");
    mismatch.insert(mismatch.end(), certificate.begin(), certificate.end());
    const Outcome outcome = read_octets(mismatch, false, std::nullopt);
    CHECK(outcome.identities.empty());
    CHECK(outcome.says("none of its certificates belongs to its private key"));
    CHECK(read("only-certificate.p12").says("no private key"));
    CHECK(read("only-key.p12").says("no certificate"));
}

TEST_CASE("Several keys and certificates in one file are matched", "[key file]") {
    Bytes all;
    for (const char* name : {"alice.key", "bob.crt", "ec.key", "renewed.crt", "bob.key",
                             "alice.crt", "ec.crt", "ed25519.crt"}) {
        const Bytes part = key_file(name);
        all.insert(all.end(), part.begin(), part.end());
    }
    const Outcome outcome = read_octets(all, false, std::nullopt);
    CHECK(outcome.identities.size() == 4);  // alice twice, bob, ec
}

TEST_CASE("KEY-03: expired and weak keys stay usable, and it is said", "[key file]") {
    for (const auto& [name, text] :
         {std::pair{"expired", "has expired"}, std::pair{"weak", "weak key of 1024 bits"}}) {
        Bytes both = key_file(std::string{name} + ".key");
        const Bytes certificate = key_file(std::string{name} + ".crt");
        both.insert(both.end(), certificate.begin(), certificate.end());
        const Outcome outcome = read_octets(both, false, std::nullopt);
        CHECK(outcome.identities.size() == 1);
        CHECK(outcome.says(text));
    }
}

TEST_CASE("KEY-02: no changed or cut PKCS#12 does harm", "[pkcs12]") {
    // Without a MAC, so that the changes reach the inside.
    for (const char* name : {"no-mac.p12", "in-the-clear.p12"}) {
        const Bytes good = key_file(name);
        for (std::size_t size = 0; size < good.size(); size += 7)
            CHECK(read_octets(BytesView{good}.first(size), true, "secret").identities.empty());
        Bytes changed = good;
        const std::size_t stride = std::string_view{name} == "no-mac.p12" ? 37 : 5;
        for (std::size_t i = 0; i < changed.size(); i += stride) {
            changed[i] ^= 0x41;
            read_octets(changed, true, "secret");
            changed[i] ^= 0x41;
        }
    }
}
