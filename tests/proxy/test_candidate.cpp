#include "proxy/candidate.hpp"

#include "tests/catch.hpp"

namespace {

using smime::Errant;

const std::string text = R"(("text" "plain" NIL NIL NIL "7bit" 10 1 NIL NIL NIL NIL))";
const std::string mime =
    R"(("application" "pkcs7-mime" NIL NIL NIL "base64" 1000 NIL NIL NIL NIL))";
const std::string signature =
    R"(("application" "pkcs7-signature" NIL NIL NIL "base64" 500 NIL NIL NIL NIL))";
const std::string letter =
    R"(("message" "rfc822" NIL NIL NIL "7bit" 2000 (NIL NIL NIL NIL NIL NIL NIL NIL NIL NIL) )";

std::string multipart(const std::string& parts, const std::string& subtype) {
    return "(" + parts + " \"" + subtype + "\" (\"boundary\" \"b\") NIL NIL NIL)";
}

std::uint64_t octets(const std::string& structure, Errant errant = Errant::leave) {
    const auto candidate = proxy::read_candidate(structure, errant);
    return candidate ? candidate->octets : 0;
}

}  // namespace

TEST_CASE("a BODYSTRUCTURE tells a message with an S/MIME root (MIME-01)", "[candidate]") {
    CHECK(octets(mime) == 1000);
    CHECK(octets(R"(("APPLICATION" "X-PKCS7-MIME" NIL NIL NIL "base64" 7 NIL NIL NIL NIL))") == 7);
    for (const std::string name : {"smime.p7m", "SMIME.P7M", "a.p7s", "a.p7c", "a.p7z"}) {
        CHECK(octets(R"(("application" "octet-stream" ("name" ")" + name +
                     R"(") NIL NIL "base64" 7 NIL NIL NIL NIL))") == 7);
        CHECK(octets(R"(("application" "octet-stream" NIL NIL NIL "base64" 7 NIL ("attachment" )"
                     R"(("filename" ")" +
                     name + R"(")) NIL NIL))") == 7);
    }
    CHECK(octets(multipart(mime + signature, "signed")) == 1500);
    CHECK(octets(multipart(multipart(mime + signature, "signed") + signature, "Signed")) == 2000);
    for (const std::string& other :
         {text, signature, multipart(text + signature, "signed"), multipart(mime + text, "mixed"),
          multipart(text + mime, "signed"), letter + mime + " 30 NIL NIL NIL NIL)",
          std::string{R"(("application" "octet-stream" ("name" "p7m") NIL NIL "base64" 7))"},
          std::string{R"(("application" "ms-tnef" ("name" "winmail.dat") NIL NIL "base64" 7))"},
          std::string{"NIL"}, std::string{}})
        CHECK(octets(other) == 0);
}

TEST_CASE("clear-signed mail is a candidate if it gets fields of ours", "[candidate]") {
    const auto root = [](const std::string& protocol) {
        return "(" + text + signature + R"( "SIGNED" ("boundary" "b")" + protocol +
               ") NIL NIL NIL)";
    };
    for (const std::string protocol : {"", R"( "protocol" "application/pkcs7-signature")",
                                       R"( "PROTOCOL" "Application/X-PKCS7-Signature")"}) {
        CHECK(!proxy::read_candidate(root(protocol), Errant::leave, false));
        CHECK(proxy::read_candidate(root(protocol), Errant::leave, true));
    }
    const auto pgp = root(R"( "protocol" "application/pgp-signature")");
    CHECK(!proxy::read_candidate(pgp, Errant::leave, true));
    CHECK(!proxy::read_candidate(multipart(text + text, "mixed"), Errant::leave, true));
}

TEST_CASE("errant parts make a candidate if they are to be attached (MIME-02)", "[candidate]") {
    for (const std::string& errant :
         {multipart(mime + text, "mixed"), multipart(text + mime, "alternative"),
          multipart(text + multipart(text + mime, "mixed"), "mixed"),
          multipart(multipart(text + mime, "mixed") + signature, "signed"),
          letter + mime + " 30 NIL NIL NIL NIL)",
          multipart(text + letter + multipart(text + mime, "mixed") + " 30 NIL NIL NIL NIL)",
                    "mixed")}) {
        CHECK(octets(errant) == 0);
        CHECK(octets(errant, Errant::attach) > 0);
    }
    // A mailing list's footer below a signed part (RFC 9787, 4.5.1).
    const std::string with_footer =
        multipart(multipart(text + signature, "signed") + text, "mixed");
    CHECK(octets(with_footer) == 0);
    CHECK(octets(with_footer, Errant::attach) > 0);
    for (const std::string& other :
         {text, multipart(text + text, "mixed"), multipart(text + signature, "signed"),
          multipart(text + multipart(text + signature, "signed"), "mixed"),
          letter + text + " 30 NIL NIL NIL NIL)"})
        CHECK(octets(other, Errant::attach) == 0);
}
