#include "smime/encrypted_message.hpp"

#include "smime/header.hpp"
#include "tests/catch.hpp"
#include "tests/smime/openssl_cms.hpp"
#include "tests/smime/samples.hpp"

// What is written opens with OpenSSL, and with our own open() to what was encrypted.

namespace {

using smime::EnvelopeCipher;

const std::string draft =
    "From: Alice <alice@example.org>\r\nTo: Bob <bob@example.org>,\r\n Carol "
    "<carol@example.org>\r\n"
    "Bcc: secret@example.org\r\nSubject: =?utf-8?Q?Re=3A_figures?=\r\n"
    "Message-ID: <2@example.org>\r\nIn-Reply-To: <1@example.org>\r\nX-Mozilla-Draft-Info: "
    "internal/draft; vcard=0\r\nMIME-Version: 1.0\r\nContent-Type: text/plain;\r\n "
    "charset=UTF-8\r\n"
    "Content-Transfer-Encoding: 8bit\r\n\r\n> Vierzig-zwei\r\nWarum? \xc3\xbc\r\n";

const keystore::Certificate& certificate(const std::string& name) {
    for (const auto& identity : samples::alice().identities())
        if (identity.source().ends_with("/" + name + ".pem")) return identity.certificate();
    throw std::runtime_error{"no such key"};
}

std::string encrypted(const std::string& message, const std::string& name = "alice",
                      EnvelopeCipher cipher = EnvelopeCipher::aes_256_gcm) {
    auto text = smime::encrypted_message(message, certificate(name), cipher);
    REQUIRE(text);
    return *text;
}

std::string opened(const std::string& message, smime::Report* report = nullptr) {
    auto result = smime::open(message, samples::alice(), samples::as_it_is());
    REQUIRE(result.view);
    if (report) *report = result.report;
    return std::string{result.view->header()} + std::string{result.view->body()};
}

/// The entity that OpenSSL finds inside.
std::string decrypted(const std::string& message, const std::string& name) {
    const auto cms = smime::decode_base64(samples::body(message));
    REQUIRE_FALSE(cms.junk);
    const openssl_cms::Key key{samples::directory() / "keys" / (name + ".pem")};
    const auto octets = cms.octets.expose();
    const auto text = key.decrypt({octets.begin(), octets.end()});
    REQUIRE(text);
    return *text;
}

std::string value(const std::string& message, std::string_view name) {
    const auto field = smime::find_field(message, name);
    return field ? smime::unfolded(field->value) : "";
}

}  // namespace

TEST_CASE("a message is encrypted to every kind of key, and opens again", "[smime][encrypted]") {
    for (const std::string name : {"alice", "alice3072", "alice4096", "alice-p256", "alice-p384",
                                   "alice-p521", "alice-bp256", "alice-bp512", "alice-x25519"})
        for (const auto cipher : {EnvelopeCipher::aes_256_gcm, EnvelopeCipher::aes_256_cbc}) {
            INFO(name);
            const auto message = encrypted(draft, name, cipher);
            smime::Report report;
            const auto view = opened(message, &report);
            CHECK(samples::body(view) == samples::body(draft));
            CHECK(value(view, "Subject") == "=?utf-8?Q?Re=3A_figures?=");
            REQUIRE(report.layers.size() == 1);
            const bool gcm = cipher == EnvelopeCipher::aes_256_gcm;
            CHECK(report.layers[0].type == (gcm ? "authEnveloped-data" : "enveloped-data"));
            CHECK(value(message, "Content-Type") ==
                  "application/pkcs7-mime; smime-type=" + report.layers[0].type +
                      "; name=\"smime.p7m\"");
            // OpenSSL 3.0 knows no X25519 in CMS.
            if (name == "alice-x25519") continue;
            CHECK(samples::body(decrypted(message, name)) == samples::body(draft));
        }
}

TEST_CASE("sizes around the cipher's block and base64's lines come out as they went in",
          "[smime][encrypted]") {
    for (std::size_t size = 0; size < 150; ++size)
        for (const auto cipher : {EnvelopeCipher::aes_256_gcm, EnvelopeCipher::aes_256_cbc}) {
            const std::string body(size, 'x');
            const auto message = encrypted("Subject: x\r\n\r\n" + body, "alice", cipher);
            REQUIRE(samples::body(opened(message)) == body);
            std::string_view rest = message;
            for (auto end = rest.find("\r\n"); end != rest.npos; end = rest.find("\r\n")) {
                REQUIRE(end <= 76);
                rest.remove_prefix(end + 2);
            }
            REQUIRE(rest.empty());
        }
}

TEST_CASE("the outer header tells no more than lists and threads need", "[smime][encrypted]") {
    const auto message = encrypted(
        "Received: from a by b; now\r\nDKIM-Signature: v=1\r\n"
        "X-Paperknife: encryption=legacy\r\n" +
        draft);
    const auto header = message.substr(0, smime::header_size(message));
    CHECK(value(header, "From") == "Alice <alice@example.org>");
    CHECK(value(header, "To") == "Bob <bob@example.org>, Carol <carol@example.org>");
    CHECK(value(header, "Message-ID") == "<2@example.org>");
    CHECK(value(header, "In-Reply-To") == "<1@example.org>");
    CHECK(value(header, "Received") == "from a by b; now");
    CHECK(value(header, "DKIM-Signature") == "v=1");
    CHECK(value(header, "Subject") == "[...]");
    for (const std::string secret : {"Bcc", "figures", "Draft-Info", "Paperknife", "charset"})
        CHECK(header.find(secret) == std::string::npos);

    smime::Report report;
    const auto view = opened(message, &report);
    CHECK(report.header_protection == smime::HeaderProtection::cipher);
    CHECK_FALSE(report.from_mismatch);
    for (const std::string name : {"From", "To", "Bcc", "Subject", "Message-ID", "In-Reply-To",
                                   "X-Mozilla-Draft-Info", "Content-Transfer-Encoding"})
        CHECK(value(view, name) == value(draft, name));
    CHECK(value(view, "Content-Type") == "text/plain; charset=UTF-8; hp=\"cipher\"");
    CHECK(value(view, "HP-Outer").empty());
    CHECK(view.find("encryption=legacy") == std::string::npos);
    // What others read of it (RFC 9788, 2.2).
    const auto inside = decrypted(message, "alice");
    CHECK(inside.find("\r\nHP-Outer: Subject: [...]\r\n") != std::string::npos);
    CHECK(inside.find("\r\nHP-Outer: To: Bob <bob@example.org>,\r\n Carol") != std::string::npos);
    CHECK(inside.find("\r\nSubject: =?utf-8?Q?Re=3A_figures?=\r\n") != std::string::npos);
}

TEST_CASE("messages of odd headers keep every octet", "[smime][encrypted]") {
    const std::string from = "From: a@example.org\r\nSubject: x\r\n";
    const std::string multipart =
        "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nx\r\n--b--\r\n";
    for (const std::string& message :
         {from + "\r\nno type\r\n", from + "Content-Type: text/html;\r\n\r\n<b>x</b>",
          from + multipart, std::string{"\r\nno header"}, from,
          from + "Content-Transfer-Encoding: 8bit\r\n\r\nx\n y\n",
          std::string{"From: a@example.org\nSubject: x\n\nbare\nlines\n"}}) {
        INFO(message);
        const auto view = opened(encrypted(message));
        CHECK(view.substr(smime::header_size(view)) == message.substr(smime::header_size(message)));
        CHECK(value(view, "Subject") == value(message, "Subject"));
    }
    // Those that two readers could read in two ways, or that speak of protected fields themselves,
    // are wrapped whole (RFC 8551, 3.1).
    for (const std::string fields :
         {"Content-Type: text/plain\r\nContent-Type: text/html\r\n",
          "Content-Type: text/plain; x\r\n", "Content-Type: text/plain; hp=\"clear\"\r\n",
          "no field\r\n"}) {
        INFO(fields);
        const std::string message = from + fields + "\r\nText\r\n";
        const auto sent = encrypted(message);
        CHECK(decrypted(sent, "alice") ==
              "Content-Type: message/rfc822; forwarded=no\r\n\r\n" + message);
        CHECK(value(sent, "Subject") == "[...]");
        CHECK(opened(sent).ends_with("\r\n\r\nText\r\n"));
    }
}

TEST_CASE("what is signed keeps its signature and its header", "[smime][encrypted]") {
    const std::string entity =
        "Content-Type: multipart/signed; protocol=\"application/pkcs7-signature\"; "
        "micalg=sha-256;\r\n"
        " boundary=s\r\n\r\n--s\r\nContent-Type: text/plain\r\n\r\nText\r\n--s\r\n"
        "Content-Type: application/pkcs7-signature\r\n\r\nAAAA\r\n--s--\r\n";
    const std::string message =
        "From: a@example.org\r\nSubject: signed\r\nMIME-Version: 1.0\r\n" + entity;
    const auto sent = encrypted(message);
    CHECK(value(sent, "Subject") == "signed");
    CHECK(decrypted(sent, "alice") == entity);
    CHECK(opened(sent).ends_with(samples::body(entity)));
}

TEST_CASE("nothing is encrypted to a key that is not offered", "[smime][encrypted]") {
    auto stranger = certificate("alice");
    stranger.subject_public_key_info = keystore::Bytes{0x30, 0x00};
    CHECK_FALSE(smime::encrypted_message(draft, stranger, EnvelopeCipher::aes_256_gcm));
}
