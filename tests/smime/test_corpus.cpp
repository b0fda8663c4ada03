// Messages of other people's test suites, where they are at hand: beside the repository, or where
// PAPERKNIFE_CORPUS says. They are not ours to copy.

#include <stdlib.h>

#include <map>

#include "smime/open.hpp"
#include "tests/catch.hpp"
#include "tests/smime/samples.hpp"

namespace {

namespace fs = std::filesystem;

std::optional<fs::path> corpus(const std::string& name) {
    const char* root = std::getenv("PAPERKNIFE_CORPUS");
    if (!root) root = std::getenv("PAPERKNIFE_CORPUS_BESIDE");
    if (!root || !fs::is_directory(fs::path{root} / name)) {
        WARN("no corpus " << name << ": skipped");
        return std::nullopt;
    }
    return fs::path{root} / name;
}

/// Identities of a PKCS#12 file, which its directory leaves open to others.
keystore::Keystore from_pkcs12(const std::vector<fs::path>& files, std::string_view passphrase) {
    std::string name = (fs::temp_directory_path() / "paperknife-corpus-XXXXXX").string();
    if (!mkdtemp(name.data())) throw std::runtime_error{"no temporary directory"};
    for (const auto& file : files) {
        const auto copy = fs::path{name} / file.filename();
        fs::copy_file(file, copy);
        fs::permissions(copy, fs::perms::owner_read);
    }
    std::vector<keystore::KeyFileReport> reports;
    auto keys = keystore::Keystore::load(
        name,
        [&](const fs::path&) {
            return std::optional{keystore::SecretBytes{samples::octets(passphrase)}};
        },
        reports);
    fs::remove_all(name);
    return keys;
}

/// "encryption type/cipher/key management=result …", and the reason.
std::string words(const smime::Opened& opened) {
    std::string all{smime::word(opened.report.encryption)};
    for (const auto& layer : opened.report.layers) {
        all += ' ' + layer.type;
        if (!layer.content_encryption.empty())
            all += '/' + layer.content_encryption + '/' + layer.key_management;
        all += '=' + layer.result;
    }
    return all + ' ' + opened.report.reason;
}

using Expected = std::map<std::string, std::string>;

/// Opens every file that expected names. Those that open must hold text.
void check(const fs::path& directory, const keystore::Keystore& keys, const Expected& expected,
           std::string_view text) {
    for (const auto& [name, what] : expected) {
        INFO(name);
        const std::string file = samples::read(directory / name);
        std::string message = file;
        if (file.starts_with("-----BEGIN"))
            message = samples::message(
                smime::decode_base64(std::string_view{file}.substr(file.find('\n')))
                    .octets.expose());
        else if (!name.ends_with(".eml"))
            message = samples::message(samples::octets(file));
        smime::Settings settings = samples::as_it_is();
        settings.legacy = true;
        const auto opened = smime::open(message, keys, settings);
        CHECK(words(opened) == what);
        if (opened.view) CHECK(opened.view->body().find(text) != std::string_view::npos);
    }
}

}  // namespace

TEST_CASE("the examples of RFC 4134 open, as far as their algorithms are offered",
          "[smime][corpus]") {
    const auto directory = corpus("rfc4134");
    if (!directory) return;
    std::vector<keystore::Identity> identities;
    for (const auto& [certificate, key] :
         {std::pair{"BobRSASignByCarl.cer", "BobPrivRSAEncrypt.pri"},
          std::pair{"DianeRSASignByCarl.cer", "DianePrivRSASignEncrypt.pri"}}) {
        auto read =
            keystore::Certificate::parse(samples::octets(samples::read(*directory / certificate)));
        auto parsed = keystore::PrivateKey::parse(samples::octets(samples::read(*directory / key)));
        REQUIRE((read && parsed));
        identities.emplace_back(std::move(*read), std::move(*parsed), certificate);
    }
    const std::string opaque = "none signed-data=opened not-verified";
    const std::string detached = "none signed-data=detached not-verified";
    const std::string left_alone = "=unsupported-content unsupported-content";
    const std::string opened = "=opened ";
    check(*directory, keystore::Keystore{std::move(identities)},
          {
              {"4.1.bin", opaque},
              {"4.2.bin", opaque},
              {"4.3.bin", detached},
              {"4.4.bin", opaque},
              {"4.5.bin", opaque},
              {"4.6.bin", opaque},
              {"4.7.bin", opaque},
              {"4.8.eml", detached},
              {"4.9.eml", opaque},
              {"4.10.bin", opaque},
              {"4.11.bin", "none signed-data=no-content "},
              {"5.1.bin", "legacy enveloped-data/des-ede3-cbc/rsa" + opened},
              {"5.2.bin", "legacy enveloped-data/rc2-cbc/rsa" + opened},
              {"5.3.eml", "legacy enveloped-data/des-ede3-cbc/rsa" + opened},
              {"6.0.bin", "none digested-data" + left_alone},
              {"7.1.bin", "failed encrypted-data" + left_alone},
              {"7.2.bin", "failed encrypted-data" + left_alone},
              {"3.1.bin", "failed malformed"},  // data, not protected at all
              {"ExContent.bin", "failed malformed"},
          },
          "This is some sample content.");
}

TEST_CASE("the messages of Thunderbird's suite open", "[smime][corpus]") {
    const auto directory = corpus("thunderbird-smime/smime");
    if (!directory) return;
    Expected expected{{"alice.env.eml", "unauthenticated enveloped-data/aes-128-cbc/rsa=opened "}};
    for (const std::string digest : {"SHA256", "SHA384", "SHA512"}) {
        const std::string opaque = "alice.sig." + digest + ".opaque";
        const std::string clear = "alice.dsig." + digest + ".multipart";
        const std::string envelope = "unauthenticated enveloped-data/aes-128-cbc/rsa=opened ";
        expected[opaque + ".eml"] = "none signed-data=opened not-verified";
        expected[opaque + ".env.eml"] = envelope + "signed-data=opened not-verified";
        expected[clear + ".eml"] = "none signed-data=detached not-verified";
        expected[clear + ".bad.eml"] = "none signed-data=detached not-verified";
        expected[clear + ".env.eml"] = envelope + "signed-data=detached not-verified";
    }
    expected["alice.html.sig.SHA256.opaque.eml"] = expected["alice.sig.SHA256.opaque.eml"];
    expected["alice.html.sig.SHA256.opaque.env.eml"] = expected["alice.sig.SHA256.opaque.env.eml"];
    check(*directory, from_pkcs12({*directory / "Bob.p12"}, "nss"), expected,
          "This is a test message from Alice to Bob.");
}

TEST_CASE("the messages of the protected-headers draft are recognised", "[smime][corpus]") {
    const auto directory = corpus("autocrypt-hp");
    if (!directory) return;
    check(
        *directory, keystore::Keystore{},
        {
            {"smime-onepart-signed.eml", "none signed-data=opened not-verified"},
            {"smime-multipart-signed.eml", "none signed-data=detached not-verified"},
            {"smime-sign+enc.eml",
             "failed enveloped-data/des-ede3-cbc/rsa=no-matching-recipient no-matching-recipient"},
        },
        "smime-onepart-signed");
}

TEST_CASE("the PKCS #7 vectors of pyca/cryptography end as they should", "[smime][corpus]") {
    const auto directory = corpus("pyca-vectors/pkcs7");
    if (!directory) return;
    const std::string foreign =
        "failed enveloped-data/des-ede3-cbc/rsa=no-matching-recipient no-matching-recipient";
    check(*directory, keystore::Keystore{},
          {
              {"enveloped-rsa-oaep.pem",
               "failed enveloped-data/aes-128-cbc/rsa-oaep=no-matching-recipient "
               "no-matching-recipient"},
              {"enveloped-no-content.der",
               "failed enveloped-data/aes-128-cbc/rsa=malformed malformed"},
              {"enveloped.pem", foreign},
              {"enveloped-triple-des.pem", foreign},
              {"isrg.pem", "none signed-data=no-content "},
              {"amazon-roots.p7b", "none signed-data=no-content "},
              {"amazon-roots.der", "none signed-data=no-content "},
              {"ascii-san.pem", "failed malformed"},  // a certificate
          },
          "");
}
