#include "smime/open.hpp"

#include <algorithm>
#include <filesystem>

#include "tests/catch.hpp"
#include "tests/smime/samples.hpp"

namespace {

using smime::Encryption;
using smime::Verdict;

/// The words of NAME.expect.
std::string words(const smime::Report& report) {
    std::string all{smime::word(report.encryption)};
    for (const auto& layer : report.layers) {
        all += ' ' + layer.type;
        if (!layer.content_encryption.empty())
            all += '/' + layer.content_encryption + '/' + layer.key_management;
    }
    return all + '\n';
}

std::vector<std::filesystem::path> messages(const std::string& folder) {
    std::vector<std::filesystem::path> files;
    for (const auto& entry : std::filesystem::directory_iterator{samples::directory() / folder})
        if (entry.path().extension() == ".eml") files.push_back(entry.path());
    return files;
}

smime::Opened open(const std::string& message) {
    return smime::open(message, samples::alice(), samples::as_it_is());
}

std::string whole(const smime::Opened& opened) {
    REQUIRE(opened.view);
    return std::string{opened.view->header()} + std::string{opened.view->body()};
}

std::string with_lf(std::string text) {
    text.erase(std::remove(text.begin(), text.end(), '\r'), text.end());
    return text;
}

bool has_nul(const std::string& text) {
    return text.find('\0') != std::string::npos;
}

}  // namespace

TEST_CASE("open gives what openssl decrypts, whatever the algorithm, encoding and structure",
          "[smime][open]") {
    const auto files = messages("open");
    REQUIRE(files.size() > 200);
    for (auto file : files) {
        const std::string message = samples::read(file);
        INFO(file.stem().string());
        const auto opened = open(message);
        REQUIRE(opened.view);
        const std::string entity = samples::read(file.replace_extension(".plain"));
        CHECK(opened.view->body() == samples::body(entity));
        CHECK(opened.view->size() == opened.view->header().size() + opened.view->body().size());
        CHECK(opened.view->header().starts_with("X-Paperknife: encryption="));
        CHECK(opened.view->header().ends_with("\r\n\r\n"));
        CHECK(words(opened.report) == samples::read(file.replace_extension(".expect")));
        CHECK(smime::is_candidate(message));
    }
}

TEST_CASE(
    "open gives what openssl and gpgsm encrypted with weak ciphers if the owner wants it (ENC-12)",
    "[smime][open]") {
    const auto files = messages("legacy");
    REQUIRE(files.size() > 40);
    smime::Settings settings = samples::as_it_is();
    settings.legacy = true;
    for (auto file : files) {
        const std::string message = samples::read(file);
        INFO(file.stem().string());
        const auto opened = smime::open(message, samples::alice(), settings);
        REQUIRE(opened.view);
        const std::string entity = samples::read(file.replace_extension(".plain"));
        CHECK(opened.view->body() == samples::body(entity));
        const std::string expected = samples::read(file.replace_extension(".expect"));
        CHECK(words(opened.report) == expected);
        CHECK(opened.view->header().starts_with("X-Paperknife: encryption=" +
                                                expected.substr(0, expected.find(' '))));
    }
}

TEST_CASE("open leaves weak ciphers closed unless the owner wants them open (ENC-12)",
          "[smime][open]") {
    for (const char* name : {"des3.der", "des.der", "rc2.der"}) {
        static const keystore::Keystore no_keys;  // refused before any key is touched
        for (const auto* keys : {&samples::alice(), &no_keys}) {
            const auto opened = smime::open(samples::message(samples::part(name)), *keys, {});
            CHECK(!opened.view);
            CHECK(opened.report.error == smime::Error::legacy_algorithm);
            CHECK(opened.report.reason == "legacy-algorithm");
            CHECK(opened.report.encryption == Encryption::legacy);
            CHECK(opened.report.verdict == Verdict::neutral);
            CHECK(opened.report.layers.at(0).result == "legacy-algorithm");
            CHECK(opened.report.layers.at(0).legacy);
        }
    }
    const auto inside = open(samples::read(samples::directory() / "legacy" / "des3-in-gcm.eml"));
    REQUIRE(inside.view);
    CHECK(inside.report.error == smime::Error::legacy_algorithm);
    CHECK(inside.report.encryption == Encryption::authenticated);
    CHECK(inside.report.layers.at(1).result == "legacy-algorithm");
}

TEST_CASE("open opens messages whose lines end with LF alone", "[smime][open]") {
    for (auto file : messages("open")) {
        const std::string message = samples::read(file);
        if (has_nul(message)) continue;  // binary
        INFO(file.stem().string());
        const auto opened = open(with_lf(message));
        REQUIRE(opened.view);
        CHECK(whole(opened) == whole(open(message)));
    }
}

TEST_CASE("open leaves alone what it can't open, and says why", "[smime][open]") {
    for (auto file : messages("closed")) {
        const std::string message = samples::read(file);
        INFO(file.stem().string());
        const auto opened = open(message);
        CHECK(!opened.view);
        CHECK(opened.report.reason + '\n' == samples::read(file.replace_extension(".expect")));
        CHECK(smime::is_candidate(message));
        const bool is_error = opened.report.error.has_value();
        CHECK(is_error == (opened.report.reason != "" && opened.report.reason != "not-verified"));
    }
}

TEST_CASE("open needs the key that the message names", "[smime][open]") {
    const auto other = samples::keys({"other", "bob"});
    for (const char* name : {"cbc.der", "gcm.der", "oaep.der"}) {
        const auto opened = smime::open(samples::message(samples::part(name)), other, {});
        CHECK(!opened.view);
        CHECK(opened.report.error == smime::Error::no_matching_recipient);
        CHECK(opened.report.verdict == Verdict::neutral);
        CHECK(opened.report.encryption == Encryption::failed);
        CHECK(opened.report.layers.at(0).recipients.size() == 1);
    }
}

TEST_CASE("open delivers what the outer layers held if an inner one can't be opened",
          "[smime][open]") {
    const auto opened = open(samples::read(samples::directory() / "open" / "foreign-inside.eml"));
    REQUIRE(opened.view);
    CHECK(opened.report.error == smime::Error::no_matching_recipient);
    CHECK(opened.report.encryption == Encryption::unauthenticated);
    CHECK(opened.report.verdict == Verdict::neutral);
    CHECK(opened.report.layers.at(0).result == "opened");
    CHECK(opened.report.layers.at(1).result == "no-matching-recipient");
    CHECK(opened.view->header().find("Content-Type: application/pkcs7-mime") != std::string::npos);
    CHECK(opened.view->header().find("reason=no-matching-recipient\r\n") != std::string::npos);
}

TEST_CASE("open opens nothing beyond its limits (ENC-15)", "[smime][open]") {
    const std::string message = samples::message(samples::part("cbc.der"));
    CHECK(smime::open(message, samples::alice(), {message.size()}).view);
    const auto opened = smime::open(message, samples::alice(), {message.size() - 1});
    CHECK(!opened.view);
    CHECK(opened.report.error == smime::Error::too_complex);
    CHECK(opened.report.verdict == Verdict::permerror);
}

TEST_CASE("open inflates a compressed layer within bounds (ENC-14)", "[smime][open]") {
    const auto reason = [](const smime::Opened& opened) { return opened.report.reason; };
    // 20 MiB of 20 kB of zlib: whatever it stands in, what stood around it is delivered.
    for (const char* name : {"bomb-in-enveloped.der", "bomb-in-enveloped-in-signed.der"}) {
        const auto opened = open(samples::message(samples::part(name)));
        REQUIRE(opened.view);
        CHECK(reason(opened) == "too-complex");
        CHECK(opened.report.layers.back().type == "compressed-data");
        CHECK(opened.view->body().size() < 100'000);
    }
    const auto twice = open(samples::message(samples::part("compressed-in-compressed.der")));
    REQUIRE(twice.view);
    CHECK(reason(twice) == "too-complex");
    CHECK(twice.report.layers.size() == 2);

    smime::Settings settings;
    const std::string message = samples::message(samples::part("compressed.der"));
    settings.max_message = message.size();
    CHECK(smime::open(message, samples::alice(), settings).view);
}

TEST_CASE("a compressed layer counts as no cryptographic one (ENC-14, ENC-15)", "[smime][open]") {
    const auto wrap = [](keystore::Bytes cms, int layers) {
        for (; layers > 0; --layers) cms = samples::signed_data(samples::entity(cms));
        return samples::message(cms);
    };
    CHECK(open(wrap(samples::part("compressed.der"), 8)).view);
    CHECK(!open(wrap(samples::part("compressed.der"), 9)).view);
}

TEST_CASE("open does not touch what is no S/MIME message", "[smime][open]") {
    for (const std::string message :
         {"", "\r\n", "Subject: x\r\n\r\nbody", "no header", "Content-Type: text/plain\r\n\r\n",
          "Content-Type: application/octet-stream; name=smime.p7m\r\n\r\nnot CMS at all",
          "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: "
          "application/pkcs7-mime\r\n\r\nMIIB\r\n--b--\r\n"}) {
        const auto opened = open(message);
        CHECK(!opened.view);
        CHECK(!opened.report.error);
        CHECK(opened.report.layers.empty());
        CHECK(opened.report.encryption == Encryption::none);
    }
}

TEST_CASE("open says of a clear-signed message only that there is a signature", "[smime][open]") {
    const auto opened = open(
        "Content-Type: multipart/signed; boundary=b; protocol=\"application/x-pkcs7-signature\"\r\n"
        "\r\n--b\r\n\r\nx\r\n--b\r\nContent-Type: "
        "application/pkcs7-signature\r\n\r\n\r\n--b--\r\n");
    CHECK(!opened.view);
    CHECK(opened.report.verdict == Verdict::neutral);
    CHECK(opened.report.reason == "not-verified");
    CHECK(opened.report.layers.at(0).detached);
}

TEST_CASE("is_candidate goes by the root's media type, not by smime-type (MIME-01)",
          "[smime][open]") {
    for (const char* header : {
             "Content-Type: application/pkcs7-mime\r\n\r\n",
             "content-type:APPLICATION/X-PKCS7-MIME ; smime-type=whatever\r\n",
             "Subject: x\r\nContent-Type: application/pkcs7-mime;\r\n "
             "smime-type=signed-data\r\n\r\n",
             "Content-Type: application/octet-stream; name=\"smime.p7m\"\r\n\r\n",
             "Content-Type: application/octet-stream; name*=utf-8''smime.P7M\r\n\r\n",
             "Content-Type: application/octet-stream\r\n"
             "Content-Disposition: attachment; filename=x.p7m\r\n\r\n",
             "Content-Disposition: attachment; filename=x.p7m\nContent-Type: "
             "application/octet-stream\n\n",
             "Content-Type: text/plain\r\nContent-Type: application/pkcs7-mime\r\n\r\n",
             "Content-Type: application/octet-stream; name=smime.p7s\r\n\r\n",
             "Content-Type: application/octet-stream; name=certificates.P7C\r\n\r\n",
             "Content-Type: application/octet-stream; name=smime.p7z\r\n\r\n",
             "Content-Type: multipart/signed\r\n\r\n",
             "Content-Type: multipart/signed; protocol=\"application/x-pkcs7-signature\"\r\n\r\n",
         })
        CHECK(smime::is_candidate(header));
    for (const char* header : {
             "",
             "\r\nContent-Type: application/pkcs7-mime\r\n\r\n",
             "Content-Type: application/pkcs7-signature\r\n\r\n",
             "Content-Type: application/octet-stream; name=smime.p7\r\n\r\n",
             "Content-Type: application/octet-stream; name=p7m\r\n\r\n",
             "Content-Type: application/pdf; name=smime.p7m\r\n\r\n",
             "Content-Type: application/ms-tnef; name=winmail.dat\r\n\r\n",
             "Content-Type: multipart/signed; protocol=\"application/pgp-signature\"\r\n\r\n",
             "Subject: Content-Type: application/pkcs7-mime\r\n\r\n",
         })
        CHECK(!smime::is_candidate(header));
}

TEST_CASE("open refuses headers that two readers could read as two messages (MIME-04)",
          "[smime][open]") {
    const auto cms = samples::signed_data("Content-Type: text/plain\r\n\r\nx");
    const std::string entity = samples::entity(cms);
    const auto refuses = [](const std::string& message) {
        const auto opened = open(message);
        CHECK(!opened.view);
        CHECK(opened.report.error == smime::Error::ambiguous_mime);
        CHECK(opened.report.verdict == Verdict::permerror);
        CHECK(opened.report.reason == "ambiguous-mime");
    };
    REQUIRE(open("Subject: x\r\n" + entity).view);
    refuses("Content-Type: text/plain\r\n" + entity);
    refuses("content-transfer-encoding : 7bit\r\n" + entity);
    refuses("Subject: a\rb\r\n" + entity);
    refuses("Subject: a\r\r\n" + entity);
    refuses(std::string{"Subject: a\0b\r\n", 14} + entity);
    refuses(" continues what is put before it\r\n" + entity);
    refuses("Content-Type\x0b: text/plain\r\n" + entity);
    refuses("Content-\r\n Type: text/plain\r\n" + entity);
    refuses("Subject: this line ends as others do not\n" + entity);
    const auto with_parameters = [&](const std::string& parameters) {
        return "Content-Type: application/pkcs7-mime" + parameters +
               "\r\nContent-Transfer-Encoding: base64\r\n\r\n" + smime::encode_base64(cms);
    };
    for (const char* parameters :
         {"; name=one; name=two", "; smime-type", "; =x", "; name=\"open", "; name=two words",
          "; name=\"a\"b", "; smime-type=a; SMIME-TYPE*=utf-8''b", "; name=a (open", ";; name=x"})
        refuses(with_parameters(parameters));
    for (const char* parameters :
         {"", ";", "; ", ";\r\n\t", "; name=x;", "; name=\"two words\"", "; name=gr\xfc\xdf.p7m",
          "; name==?utf-8?q?x?=", "; name=x (comment); smime-type=y", "; name=x; name*=utf-8''y",
          " ; name = x ; smime-type=\"\"", "; name*0=a; name*1=b"})
        CHECK(open(with_parameters(parameters)).view);

    const auto inside = [](std::string_view content) {
        return samples::message(samples::signed_data(content));
    };
    REQUIRE(open(inside("Content-Type: text/plain\r\n\r\nx")).view);
    refuses(inside("Content-Type: text/plain\r\nContent-Type: text/html\r\n\r\nx"));
    refuses(
        inside("Content-Transfer-Encoding: 7bit\r\nContent-Transfer-Encoding: base64\r\n\r\nx"));
    refuses(inside("Content-Type: text/plain\r\nSubject: a\rb\r\n\r\nx"));
}

TEST_CASE("open reads the transfer encodings that a message may come in", "[smime][open]") {
    const auto cms = samples::signed_data("Content-Type: text/plain\r\n\r\nhello");
    const auto opens = [&](std::string_view encoding, const std::string& body) {
        const auto opened = open("Content-Type: application/pkcs7-mime\r\n" +
                                 std::string{encoding} + "\r\n\r\n" + body);
        return opened.view && opened.view->body() == "hello";
    };
    const std::string raw = samples::text(cms);
    const std::string base64 = smime::encode_base64(cms);
    std::string one_line = base64;
    one_line.erase(std::remove(one_line.begin(), one_line.end(), '\n'), one_line.end());
    one_line.erase(std::remove(one_line.begin(), one_line.end(), '\r'), one_line.end());
    std::string quoted;
    for (const char c : raw) {
        constexpr std::string_view digits = "0123456789ABCDEF";
        quoted += '=';
        quoted += digits[static_cast<unsigned char>(c) >> 4];
        quoted += digits[static_cast<unsigned char>(c) & 15];
    }
    CHECK(opens("Content-Transfer-Encoding: base64", base64));
    CHECK(opens("Content-Transfer-Encoding: BASE64 (comment)", base64));
    CHECK(opens("Content-Transfer-Encoding: base64", one_line));
    CHECK(opens("Content-Transfer-Encoding: base64", one_line + "\r\n-- \r\nA footer."));
    CHECK(opens("Content-Transfer-Encoding: binary", raw));
    CHECK(opens("Content-Transfer-Encoding: 8bit", raw + "\r\n"));
    CHECK(opens("Subject: no encoding named", raw));
    CHECK(opens("Content-Transfer-Encoding: quoted-printable", quoted));
    CHECK(!opens("Content-Transfer-Encoding: x-uuencode", base64));
    CHECK(!opens("Content-Transfer-Encoding: base64", ""));
}
