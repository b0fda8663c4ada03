#include "smime/multipart_signed.hpp"

#include "smime/open.hpp"
#include "tests/catch.hpp"
#include "tests/smime/samples.hpp"

namespace {

const std::string signed_type =
    "Content-Type: multipart/signed; boundary=b; protocol=\"application/pkcs7-signature\"";
const std::string signature =
    "Content-Type: application/pkcs7-signature\r\nContent-Transfer-Encoding: base64\r\n\r\nMA==";

/// The content of multipart/signed with this Content-Type and body, or a word why there is none.
std::string content(const std::string& type, const std::string& body) {
    const std::string octets = type + "\r\n\r\n" + body;
    const auto entity = smime::Entity::read(octets);
    REQUIRE(entity.kind == smime::Entity::Kind::clear_signed);
    const auto parts = smime::read_multipart_signed(entity);
    if (!parts) return std::string{smime::word(parts.error())};
    if (!*parts) return "none";
    CHECK((*parts)->signature.body == "MA==");
    return std::string{(*parts)->content};
}

std::string two(const std::string& first, const std::string& second = signature) {
    return "--b\r\n" + first + "\r\n--b\r\n" + second + "\r\n--b--\r\n";
}

}  // namespace

TEST_CASE("multipart/signed gives the octets that are signed, and the signature (RFC 1847, 2.1)",
          "[smime][multipart-signed]") {
    for (const std::string first :
         {"Content-Type: text/plain\r\n\r\nbody", "\r\nbody", "\r\nbody\r\n", "\r\n\r\n\r\n",
          "Content-Type: text/plain\r\n\r\n", "\r\n--a\r\n--\r\n- b",
          "Content-Type: multipart/mixed; "
          "boundary=x\r\n\r\n--x\r\n\r\n1\r\n--x\r\n\r\n2\r\n--x--"}) {
        INFO(first);
        CHECK(content(signed_type, two(first)) == first);
        CHECK(content(signed_type, "preamble\r\n" + two(first) + "epilogue\r\n--c\r\n") == first);
    }
    CHECK(content(signed_type, "--b \t\r\n\r\nx\r\n--b\r\n" + signature + "\r\n--b-- \r\n") ==
          "\r\nx");
}

TEST_CASE("multipart/signed has exactly two parts (MIME-03)", "[smime][multipart-signed]") {
    CHECK(content(signed_type, "") == "malformed");
    CHECK(content(signed_type, "--b--\r\n") == "malformed");
    CHECK(content(signed_type, "--b\r\n\r\nx\r\n--b--\r\n") == "malformed");
    CHECK(content(signed_type, "--b\r\n\r\nx\r\n" + two("\r\ny")) == "malformed");
    CHECK(content(signed_type, two("\r\nx", "\r\ny")) == "malformed");
    CHECK(content("Content-Type: multipart/signed; protocol=\"application/pkcs7-signature\"",
                  two("\r\nx")) == "malformed");
    CHECK(content(signed_type + "; boundary*0=c", two("\r\nx")) == "ambiguous-mime");
}

TEST_CASE("multipart/signed without protocol is S/MIME if its second part of two says so (MIME-01)",
          "[smime][multipart-signed]") {
    const std::string type = "Content-Type: multipart/signed; boundary=\"b\"; micalg=sha-256";
    CHECK(content(type, two("\r\nx")) == "\r\nx");
    CHECK(content(type, two("\r\nx", "Content-Type: application/x-pkcs7-signature\r\n\r\nMA==")) ==
          "\r\nx");
    CHECK(content(type, two("\r\nx", "Content-Type: application/pgp-signature\r\n\r\nMA==")) ==
          "none");
    CHECK(content(type, "--b\r\n\r\nw\r\n" + two("\r\nx")) == "none");
    CHECK(content(type, "") == "none");
    CHECK(content(signed_type, two("\r\nx",
                                   "Content-Type: application/octet-stream; name=smime.p7s\r\n"
                                   "\r\nMA==")) == "\r\nx");
}

TEST_CASE("multipart/signed that readers cut in different places is ambiguous (MIME-04)",
          "[smime][multipart-signed]") {
    const std::string ambiguous = "ambiguous-mime";
    CHECK(content(signed_type + "; boundary=c", two("\r\nx")) == ambiguous);
    CHECK(content(signed_type + "; charset", two("\r\nx")) == ambiguous);
    CHECK(content(signed_type + "\r\nContent-Type: text/plain", two("\r\nx")) == ambiguous);
    CHECK(content(signed_type, two("\r\n--bc\r\nx")) == ambiguous);
    CHECK(content(signed_type, two("\r\n--b-\r\nx")) == ambiguous);
    CHECK(content(signed_type, two("\r\nx") + "--b--x\r\n") == ambiguous);
    // Some take a CR alone for a line's end.
    for (const std::string line : {"\r--b\r\n", "\r--b--\r", "\r\r--b\r"}) {
        CHECK(content(signed_type, two("\r\nx" + line + "y")) == ambiguous);
        CHECK(content(signed_type, "x" + line + "y\r\n" + two("\r\nx")) == ambiguous);
        CHECK(content(signed_type, two("\r\nx") + "x" + line) == ambiguous);
    }
    CHECK(content(signed_type, two("\r\na\rb\r- -b")) == "\r\na\rb\r- -b");
    // Some undo an encoding that no multipart can have (RFC 2045, 6.4).
    for (const std::string encoding : {"quoted-printable", "base64", "x-other", "7bit 8bit", ""})
        CHECK(content(signed_type + "\r\nContent-Transfer-Encoding: " + encoding, two("\r\nx")) ==
              ambiguous);
    for (const std::string encoding : {"7bit", "8BIT", "binary"})
        CHECK(content(signed_type + "\r\nContent-Transfer-Encoding: " + encoding, two("\r\nx")) ==
              "\r\nx");
    // Some undo what stands in the boundary, or leave out a blank.
    const auto with_boundary = [](const std::string& said, const std::string& line) {
        return content(
            "Content-Type: multipart/signed; protocol=\"application/pkcs7-signature\"; "
            "boundary=" +
                said,
            "--" + line + "\r\n\r\nx\r\n--" + line + "\r\n" + signature + "\r\n--" + line +
                "--\r\n");
    };
    CHECK(with_boundary("\"b:=_c d\"", "b:=_c d") == "\r\nx");
    for (const std::string usual : {"----=_Boundary_1", "boundary", "--boundary-text=_1"})
        CHECK(with_boundary('"' + usual + '"', usual) == "\r\nx");
    for (const std::string second :
         {"; x-boundary=c", "; x=\"; boundary=c\"", "; x=\"Boundary\t=c\"", "; x=\"boundary*=c\"",
          " (boundary=c)"})
        CHECK(with_boundary("b" + second, "b") == ambiguous);
    CHECK(with_boundary("\"b \"", "b ") == ambiguous);
    CHECK(with_boundary("\" b\"", " b") == ambiguous);
    CHECK(with_boundary("\"b\\c\"", "bc") == ambiguous);
    CHECK(with_boundary("\"b\\\\c\"", "b\\c") == ambiguous);
    CHECK(with_boundary("\"=?us-ascii?q?b?=\"", "=?us-ascii?q?b?=") == ambiguous);
    CHECK(with_boundary("\"b\xc3\xa9\"", "b\xc3\xa9") == ambiguous);
    for (const std::string inner : {"b", "bc", "\"\""})
        CHECK(content(signed_type, two("Content-Type: multipart/mixed; boundary=" + inner +
                                       "\r\n\r\nx")) == ambiguous);
    CHECK(content(signed_type, two("\r\nx", "Content-Type: text/plain\r\n" + signature)) ==
          ambiguous);
}

TEST_CASE("what a signature covers is opened if it is a layer, and only then (SIG-10)",
          "[smime][multipart-signed]") {
    const std::string outer = "From: Bob <bob@example.org>\r\nSubject: a letter\r\n";
    const auto triple = [&](const std::string& first) {
        return smime::open(outer + signed_type + "\r\n\r\n" + two(first), samples::alice(), {});
    };
    const auto opened = triple(samples::entity(samples::part("gcm.der")));
    REQUIRE(opened.view);
    CHECK(opened.view->body() == samples::body(samples::text(samples::part("text"))));
    CHECK(opened.report.layers.at(0).detached);
    CHECK(opened.report.layers.at(1).type == "authEnveloped-data");
    CHECK(opened.report.encryption == smime::Encryption::authenticated);

    const auto plain = triple("\r\nx");
    CHECK(!plain.view);
    CHECK(!plain.report.error);
    CHECK(plain.report.layers.size() == 1);

    const auto foreign = smime::open(
        outer + signed_type + "\r\n\r\n" + two(samples::entity(samples::part("gcm.der"))),
        samples::keys({"bob"}), {});
    CHECK(!foreign.view);
    CHECK(foreign.report.error == smime::Error::no_matching_recipient);

    const auto ambiguous = triple("Content-Type: a/b\r\nContent-Type: text/plain\r\n\r\nx");
    CHECK(ambiguous.report.error == smime::Error::ambiguous_mime);
}

TEST_CASE("what was opened is delivered though a signature in it is not as it must be",
          "[smime][multipart-signed]") {
    const std::string inside = signed_type + "\r\n\r\n--b\r\n\r\nx\r\n--b--\r\n";
    const auto opened =
        smime::open(samples::message(samples::signed_data(inside)), samples::alice(), {});
    REQUIRE(opened.view);
    CHECK(opened.view->body() == samples::body(inside));
    CHECK(opened.report.verdict == smime::Verdict::permerror);
    CHECK(opened.report.reason == "malformed");
    CHECK(opened.report.layers.at(1).result == "malformed");
}
