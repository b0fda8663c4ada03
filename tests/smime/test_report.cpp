#include "smime/report.hpp"

#include "smime/json.hpp"
#include "smime/utf8.hpp"
#include "tests/catch.hpp"

TEST_CASE("a report is the JSON of the design, chapter 9", "[smime][report]") {
    smime::Report report;
    CHECK(smime::json(report) ==
          "{\"verdict\": \"none\", \"reason\": \"\", \"encryption\": \"none\", \"layers\": []}\n");

    report.verdict = smime::Verdict::neutral;
    report.reason = "not-verified";
    report.encryption = smime::Encryption::authenticated;
    smime::Layer envelope;
    envelope.type = "authEnveloped-data";
    envelope.result = "opened";
    envelope.content_encryption = "aes-256-gcm";
    envelope.key_management = "rsa-oaep";
    envelope.recipient_issuer = "CN=CA \"x\"";
    envelope.recipient_serial = "01AB";
    smime::Layer signature;
    signature.type = "signed-data";
    signature.result = "opened";
    report.layers = {envelope, signature};
    CHECK(smime::json(report) ==
          R"({"verdict": "neutral", "reason": "not-verified", "encryption": "authenticated", )"
          R"("layers": [{"type": "authEnveloped-data", "result": "opened", )"
          R"("content_encryption": "aes-256-gcm", "key_management": "rsa-oaep", )"
          R"("recipient": {"issuer": "CN=CA \"x\"", "serial": "01AB"}}, )"
          R"({"type": "signed-data", "result": "opened", "detached": false, "signers": []}]})"
          "\n");
}

TEST_CASE("a layer for somebody else names its recipients (ENC-13)", "[smime][report]") {
    smime::Report report;
    smime::Layer layer;
    layer.type = "enveloped-data";
    layer.recipients = {{"rsa", "CN=CA", "0A", ""}, {"rsa", "", "", "BEEF"}, {"kekri", "", "", ""}};
    report.layers = {layer};
    CHECK(smime::json(report).find(
              R"("recipients": [{"key_management": "rsa", "issuer": "CN=CA", "serial": "0A"}, )"
              R"({"key_management": "rsa", "subject_key_identifier": "BEEF"}, )"
              R"({"key_management": "kekri"}])") != std::string::npos);
}

TEST_CASE("a JSON string is valid and harmless whatever the sender wrote", "[smime][report]") {
    const auto string = [](std::string_view value) {
        smime::JsonWriter out;
        out.begin_object();
        out.member("m", value);
        out.end_object();
        return out.take();
    };
    using namespace std::string_view_literals;
    CHECK(string("a\"b\\c/") == R"({"m": "a\"b\\c/"})");
    CHECK(string("\0\r\n\t\x1b\x7f"sv) == R"({"m": "\u0000\u000d\u000a\u0009\u001b\u007f"})");
    CHECK(string("Gr\xc3\xbc\xc3\x9f"
                 "e \xe2\x82\xac \xf0\x9f\x94\xaa") ==
          "{\"m\": \"Gr\xc3\xbc\xc3\x9f"
          "e \xe2\x82\xac \xf0\x9f\x94\xaa\"}");
    CHECK(string("\xe2\x80\xae \xe2\x81\xa6 \xef\xbb\xbf \xc2\x85") ==
          R"({"m": "\u202e \u2066 \ufeff \u0085"})");
    const std::string replaced = "{\"m\": \"\xef\xbf\xbd\"}";
    CHECK(string("\xff") == replaced);
    CHECK(string("\xc3") == replaced);
    CHECK(string("\xc0\x80") == "{\"m\": \"\xef\xbf\xbd\xef\xbf\xbd\"}");
    CHECK(!smime::is_utf8("\xed\xa0\x80"));
    CHECK(!smime::is_utf8("\xe0\x80\x80"));
    CHECK(!smime::is_utf8("\xf4\x90\x80\x80"));
    CHECK(smime::is_utf8("\xf4\x8f\xbf\xbf"));
    CHECK(smime::is_utf8(""));
}

TEST_CASE("every error has a word of its own", "[smime][report]") {
    using smime::Error;
    CHECK(smime::word(Error::malformed) == "malformed");
    CHECK(smime::word(Error::unsupported_algorithm) == "unsupported-algorithm");
    CHECK(smime::word(Error::no_matching_recipient) == "no-matching-recipient");
    CHECK(smime::word(Error::decryption_failed) == "decryption-failed");
    CHECK(smime::word(Error::too_complex) == "too-complex");
    CHECK(smime::word(Error::ambiguous_mime) == "ambiguous-mime");
}
