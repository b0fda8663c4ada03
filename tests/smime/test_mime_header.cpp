#include "smime/header.hpp"
#include "smime/header_address.hpp"
#include "tests/catch.hpp"

// What Dovecot makes of the same octets is tested against Dovecot itself (tests/dovecot); here
// stands what the functions promise.

namespace {

using Fields = std::vector<std::pair<std::string, std::string>>;

Fields fields_of(std::string_view header) {
    Fields all;
    smime::HeaderScanner scanner{header};
    while (const auto field = scanner.next()) all.emplace_back(field->name, field->value);
    return all;
}

}  // namespace

TEST_CASE("the fields' octets, joined, are the header without its blank line", "[smime][header]") {
    for (const std::string_view header :
         {"From: a\r\nTo: b\r\n c\r\n\r\nbody", "a:b\nc:d\n\nbody", "a: b", "a: b\r\n", "\r\nbody",
          "", " leading: x\r\n\r\n", "no colon\r\n\r\n", "a: b\r\n \r\n\r\nbody", "\r",
          "a\r\r\n\r\n", "From x\r\nSubject: y\r\n\r\n"}) {
        CAPTURE(header);
        smime::HeaderScanner scanner{header};
        std::string joined;
        while (const auto field = scanner.next()) joined += field->octets;
        const auto size = scanner.offset();
        CHECK(header.substr(0, size).starts_with(joined));
        if (scanner.ended_by_blank_line()) {
            const auto blank_line = header.substr(joined.size(), size - joined.size());
            CHECK((blank_line == "\r\n" || blank_line == "\n"));
        } else {
            CHECK(size == header.size());
            CHECK(joined.size() == size);
        }
        CHECK(smime::header_size(header) == size);
    }
}

TEST_CASE("HeaderScanner gives names and raw values", "[smime][header]") {
    CHECK(fields_of("From: a\r\nTo : b\r\n c\r\n\r\nx: y\r\n") ==
          Fields{{"From", " a"}, {"To", " b\r\n c"}});
    CHECK(fields_of("junk\r\nA:b\r\n") == Fields{{"", "junk"}, {"A", "b"}});
    CHECK(fields_of(": a\r\n\tb\r\n") == Fields{{"", " a\r\n\tb"}});
    CHECK(fields_of(" A: b") == Fields{{" A", " b"}});
    CHECK(fields_of("A: b:c") == Fields{{"A", " b:c"}});
}

TEST_CASE("structural fields are Content-* and MIME-Version", "[smime][header]") {
    const auto is_structural = [](std::string_view line) {
        return smime::HeaderScanner{line}.next()->is_structural();
    };
    CHECK(is_structural("content-TYPE: x"));
    CHECK(is_structural("Content-: x"));
    CHECK(is_structural("mime-version: 1.0"));
    CHECK_FALSE(is_structural("Content: x"));
    CHECK_FALSE(is_structural("X-Content-Type: x"));
    CHECK_FALSE(is_structural("Content-Type"));
    CHECK_FALSE(is_structural("Subject: Content-Type: x"));
}

TEST_CASE("find_field gives the first of its name in any case", "[smime][header]") {
    const std::string_view header = "a: 1\r\nB: 2\r\nb: 3\r\n\r\nc: 4\r\n";
    CHECK(smime::find_field(header, "b")->value == " 2");
    CHECK_FALSE(smime::find_field(header, "c"));
    CHECK_FALSE(smime::find_field(header, ""));
}

TEST_CASE("unfolded takes out line ends and the blanks at both ends", "[smime][header]") {
    CHECK(smime::unfolded(" a\r\n b\n\tc ") == "a b\tc");
    CHECK(smime::unfolded("\r\n ") == "");
    CHECK(smime::unfolded("") == "");
}

TEST_CASE("read_content_type reads type, subtype and parameters", "[smime][header]") {
    const auto type = smime::read_content_type(
        " application/PKCS7-mime; smime-type=enveloped-data;\r\n name=\"smi\\\"me.p7m\" (c)");
    CHECK(type.well_formed);
    CHECK(type.is("Application", "pkcs7-MIME"));
    CHECK(type.type == "application");
    CHECK(type.subtype == "PKCS7-mime");
    CHECK(type.parameters ==
          std::vector<smime::Parameter>{{"smime-type", "enveloped-data"}, {"name", "smi\"me.p7m"}});
}

TEST_CASE("a malformed Content-Type is no other type by accident (MIME-04)", "[smime][header]") {
    for (const auto* const value :
         {"", "application", "application/", "/pkcs7-mime", "application/pkcs7-mime x",
          "application/pkcs7-mime (", "application;pkcs7-mime", "application/pkcs7-mime/x",
          "application/\"pkcs7-mime\"", "application pkcs7-mime"}) {
        CAPTURE(value);
        const auto type = smime::read_content_type(value);
        CHECK_FALSE(type.well_formed);
        CHECK_FALSE(type.is("application", "pkcs7-mime"));
        CHECK(type.parameters.empty());
    }
}

TEST_CASE("decoded_parameter undoes RFC 2231", "[smime][header]") {
    const auto name = [](std::string_view parameters) {
        return smime::decoded_parameter(
            smime::read_content_type("a/b" + std::string{parameters}).parameters, "NAME");
    };
    CHECK(name("; name=x") == "x");
    CHECK(name("; name*=utf-8'de'%C3%a4%2") == "\xc3\xa4%2");
    CHECK(name("; name*1=y; name*0=x") == "xy");
    CHECK(name("; name*0*=utf-8''%41; name*1=%42; name*2*=%43") == "A%42C");
    CHECK(name("; name*0=a; name*2=c") == std::nullopt);
    CHECK(name("; name*=no-charset") == "no-charset");
    CHECK(name("; nam=x") == std::nullopt);
}

TEST_CASE("read_transfer_encoding reads one token", "[smime][header]") {
    CHECK(smime::read_transfer_encoding(" BASE64 (c)\r\n") == "BASE64");
    CHECK(smime::read_transfer_encoding("") == std::nullopt);
    CHECK(smime::read_transfer_encoding("base64 x") == std::nullopt);
    CHECK(smime::read_transfer_encoding("base64;") == std::nullopt);
}

TEST_CASE("read_addresses reads mailboxes and groups", "[smime][header]") {
    using smime::Address;
    CHECK(smime::read_addresses("Alice A. <a@b.c>, (c) d@e (Dora)") ==
          std::vector<Address>{{"Alice A.", {}, "a", "b.c"}, {"Dora", {}, "d", "e"}});
    CHECK(smime::read_addresses("g: a@b;") ==
          std::vector<Address>{{{}, {}, "g", {}}, {{}, {}, "a", "b"}, {}});
    CHECK(smime::read_addresses("<@x,@y:a@b>") == std::vector<Address>{{{}, "@x,@y", "a", "b"}});
    CHECK(smime::read_addresses("") == std::vector<Address>{});
    CHECK(smime::read_addresses("a") == std::vector<Address>{{{}, {}, "a", "MISSING_DOMAIN"}});
}
