#include "smime/reencoding.hpp"

#include "smime/mime.hpp"
#include "smime/open.hpp"
#include "tests/catch.hpp"
#include "tests/smime/samples.hpp"

namespace {

using namespace std::string_literals;

smime::View make_view(const std::string& header, const std::string& body) {
    return {header, keystore::SecretBytes{samples::octets("before" + body + "after")}, 6,
            body.size()};
}

std::string written(const std::string& header, const std::string& body) {
    const auto view = smime::in_literal_form(make_view(header, body));
    REQUIRE(view);
    return std::string{view->header()} + std::string{view->body()};
}

const std::string long_line(998, 'x');

}  // namespace

TEST_CASE("what a literal can hold stays as it is", "[smime][reencoding]") {
    for (const std::string body : {"", "x", "\r\n", "\r\r\n\n", "\xff\x01\x7f"})
        CHECK(written("Content-Type: text/plain\r\n\r\n", body) ==
              "Content-Type: text/plain\r\n\r\n" + body);
    CHECK(written("\r\n", long_line + "\r\n" + long_line + "\n" + long_line) ==
          "\r\n" + long_line + "\r\n" + long_line + "\n" + long_line);
}

TEST_CASE("a line is overlong whatever stands before it (RFC 5322, 2.1.1)", "[smime][reencoding]") {
    const auto before = GENERATE(as<std::string>{}, "", "\n", "\r\n", "a\r\n", "a\nb\n");
    const std::string most = before + long_line;
    for (const std::string end : {"", "\n", "\r\n", "\r\n\r\n", "\nb\r\n"}) {
        CHECK(written("\r\n", most + end) == "\r\n" + most + end);
        CHECK(written("\r\n", most + "x" + end) != "\r\n" + most + "x" + end);
    }
    // Lines that end where the octets end that one line may take.
    for (std::size_t size = 990; size <= 998; ++size) {
        const std::string lines = before + std::string(size, 'x') + "\n" + long_line + "\r\n";
        CHECK(written("\r\n", lines) == "\r\n" + lines);
    }
}

TEST_CASE("a leaf with NUL or overlong lines is written in base64 (MIME-09)",
          "[smime][reencoding]") {
    const std::string base64 = "Content-Transfer-Encoding: base64\r\n\r\n";
    const std::string binary =
        "MIME-Version: 1.0\r\ncontent-transfer-encoding: binary\r\n"
        "Content-Type: image/png\r\n\r\n";
    const std::string rest = "MIME-Version: 1.0\r\nContent-Type: image/png\r\n" + base64;
    CHECK(written(binary, "a\0b"s) == rest + "YQBi\r\n");
    CHECK(written(binary, long_line + "x") ==
          rest + smime::encode_base64(samples::octets(long_line + "x")));

    const std::string quoted = "Content-Transfer-Encoding: Quoted-Printable\r\n\r\n";
    CHECK(written("MIME-Version: 1.0\r\n" + quoted, "=41" + long_line) ==
          "MIME-Version: 1.0\r\n" + base64 +
              smime::encode_base64(samples::octets("A" + long_line)));
    const std::string one_line(1200, 'A');
    CHECK(written("MIME-Version: 1.0\r\n" + base64, one_line) ==
          "MIME-Version: 1.0\r\n" + base64 +
              smime::encode_base64(samples::octets(std::string(900, '\0'))));
}

TEST_CASE("only the leaves that need it are written anew", "[smime][reencoding]") {
    const std::string header =
        "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n";
    CHECK(written(header,
                  "preamble\r\n--b\r\n\r\nplain\r\n--b\r\n"
                  "Content-Type: application/x\r\nContent-Transfer-Encoding: binary\r\n\r\n"
                  "a\0\r\nb\r\n--b\r\nContent-Type: message/rfc822\r\n\r\n"
                  "Subject: x\r\n\r\nc\0\r\n--b--\r\nepilogue"s) ==
          header +
              "preamble\r\n--b\r\n\r\nplain\r\n--b\r\n"
              "Content-Type: application/x\r\nContent-Transfer-Encoding: base64\r\n\r\n"
              "YQANCmI=\r\n\r\n--b\r\nContent-Type: message/rfc822\r\n\r\n"
              "Subject: x\r\nMIME-Version: 1.0\r\nContent-Transfer-Encoding: base64\r\n\r\nYwA=\r\n"
              "\r\n--b--\r\nepilogue");
}

TEST_CASE("overlong lines below multipart/signed stay, a NUL does not", "[smime][reencoding]") {
    const std::string header =
        "MIME-Version: 1.0\r\nContent-Type: multipart/signed; boundary=b\r\n\r\n";
    const std::string body = "--b\r\n\r\n" + long_line + "x\r\n--b\r\n\r\ny\r\n--b--\r\n";
    CHECK(written(header, body) == header + body);
    CHECK(written(header, "--b\r\n\r\n\0\r\n--b--\r\n"s) ==
          header + "--b\r\nContent-Transfer-Encoding: base64\r\n\r\nAA==\r\n\r\n--b--\r\n");
}

TEST_CASE("a NUL that is in no leaf keeps the message closed", "[smime][reencoding]") {
    const std::string header =
        "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n";
    for (const std::string& body :
         {"pre\0amble\r\n--b\r\n\r\nx\r\n--b--\r\n"s, "--b\r\nSubject: \0\r\n\r\nx\r\n--b--\r\n"s,
          "--b\r\n\r\nx\r\n--b--\r\n\0"s, "no boundary\0"s}) {
        const auto view = smime::in_literal_form(make_view(header, body));
        CHECK((!view && view.error() == smime::Error::ambiguous_mime));
        const auto opened = smime::open(samples::message(samples::signed_data(header + body)),
                                        keystore::Keystore{}, {});
        CHECK(!opened.view);
        CHECK(opened.report.reason == "ambiguous-mime");
    }
}

TEST_CASE("binary content is readable after opening", "[smime][reencoding]") {
    std::string binary;
    for (int i = 0; i < 100'000; ++i) binary += static_cast<char>(i * 7 % 256);
    const auto opened = smime::open(
        samples::message(samples::signed_data(
            "Content-Type: image/png\r\nContent-Transfer-Encoding: binary\r\n\r\n" + binary)),
        keystore::Keystore{}, {});
    REQUIRE(opened.view);
    CHECK(opened.view->header().ends_with(
        "Content-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n\r\n"));
    CHECK(samples::text(smime::decode_base64(opened.view->body()).octets.expose()) == binary);
}
