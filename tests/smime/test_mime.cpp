#include "smime/mime.hpp"

#include "smime/limits.hpp"
#include "tests/catch.hpp"

namespace {

using smime::MimePart;
using smime::MimeStructure;
using Kind = MimePart::Kind;

/// A message and its structure.
struct Read {
    explicit Read(std::string octets)
        : message{std::move(octets)},
          header{smime::header_size(message)},
          structure{std::string_view{message}.substr(0, header),
                    std::string_view{message}.substr(header)} {}

    std::string body(std::uint32_t part) const {
        const auto& found = structure.parts().at(part);
        return message.substr(found.body_offset, found.body_size);
    }
    std::string header_of(std::uint32_t part) const {
        const auto& found = structure.parts().at(part);
        return message.substr(found.header_offset, found.header_size);
    }

    std::string message;
    std::size_t header;
    MimeStructure structure;
};

std::string multipart(std::string_view body, std::string_view subtype = "mixed") {
    return "Content-Type: multipart/" + std::string{subtype} + "; boundary=B\r\n\r\n" +
           std::string{body};
}

}  // namespace

TEST_CASE("a message without MIME is one part", "[smime][mime]") {
    const Read read{"Subject: x\r\n\r\none\r\ntwo\r\n"};
    REQUIRE(read.structure.parts().size() == 1);
    const auto& root = read.structure.root();
    CHECK(root.kind == Kind::single);
    CHECK_FALSE(root.is_mime);
    CHECK(read.body(0) == "one\r\ntwo\r\n");
    CHECK(root.body_lines == 2);
    CHECK(read.structure.part(root.first_child) == nullptr);
}

TEST_CASE("every line of a long body counts", "[smime][mime]") {
    const auto lines = GENERATE(254, 255, 256, 511, 70'000);
    for (const std::string line : {"\n", "a\r\n"}) {
        std::string message = "Subject: x\r\n\r\n";
        for (int i = 0; i < lines; ++i) message += line;
        CHECK(Read{message + "rest"}.structure.root().body_lines ==
              static_cast<std::uint64_t>(lines));
    }
}

TEST_CASE("the line end before a boundary line belongs to it", "[smime][mime]") {
    const Read read{
        multipart("pre\r\n--B\r\nA: b\r\n\r\none\r\n\r\n--B\r\n\r\ntwo\r\n--B--\r\npost")};
    REQUIRE(read.structure.parts().size() == 3);
    CHECK(read.header_of(1) == "A: b\r\n\r\n");
    CHECK(read.body(1) == "one\r\n");
    CHECK(read.structure.parts()[1].body_lines == 1);
    CHECK(read.body(2) == "two");
    CHECK(read.structure.root().first_child == 1);
    CHECK(read.structure.parts()[1].next_sibling == 2);
    CHECK(read.structure.parts()[2].parent == 0);
}

TEST_CASE("a part may end with the message", "[smime][mime]") {
    CHECK(Read{multipart("--B\r\n\r\none")}.body(1) == "one");
    CHECK(Read{multipart("--B\r\nA: b")}.header_of(1) == "A: b");
    CHECK(Read{multipart("--B\r\n")}.structure.parts().size() == 2);
    CHECK(Read{multipart("--B")}.structure.parts().size() == 1);
}

TEST_CASE("a boundary line that ends a header takes its line end", "[smime][mime]") {
    const Read read{multipart("--B\r\nA: b\r\n--B\r\n\r\n--B--\r\n")};
    REQUIRE(read.structure.parts().size() == 3);
    CHECK(read.header_of(1) == "A: b");
    CHECK(read.body(1) == "");
    CHECK(read.header_of(2) == "");
}

TEST_CASE("an outer boundary ends the inner parts", "[smime][mime]") {
    const Read read{multipart(
        "--B\r\nContent-Type: multipart/mixed; boundary=C\r\n\r\n--C\r\n\r\none\r\n--B\r\n\r\n"
        "two\r\n--C\r\nno boundary any more\r\n--B--\r\n")};
    REQUIRE(read.structure.parts().size() == 4);
    CHECK(read.body(2) == "one");
    CHECK(read.body(1) == "--C\r\n\r\none");
    CHECK(read.body(3) == "two\r\n--C\r\nno boundary any more");
    CHECK(read.structure.parts()[1].next_sibling == 3);
}

TEST_CASE("a boundary is the beginning of its line, the longest one counts", "[smime][mime]") {
    CHECK(Read{multipart("--Bxyz\r\n\r\none\r\n--B \t\r\n\r\ntwo\r\n--B--x\r\n")}
              .structure.parts()
              .size() == 3);
    const Read read{
        multipart("--B\r\nContent-Type: multipart/mixed; "
                  "boundary=BB\r\n\r\n--BB\r\n\r\none\r\n--BB--\r\n--B--\r\n")};
    REQUIRE(read.structure.parts().size() == 3);
    CHECK(read.structure.parts()[2].parent == 1);
    CHECK(read.body(2) == "one");
}

TEST_CASE("message/rfc822 holds one message, and is the default in a digest", "[smime][mime]") {
    const Read read{
        multipart("--B\r\n\r\nSubject: x\r\n\r\none\r\n--B\r\nContent-Type: "
                  "text/plain\r\n\r\ntwo\r\n--B--\r\n",
                  "digest")};
    REQUIRE(read.structure.parts().size() == 4);
    CHECK(read.structure.parts()[1].kind == Kind::message);
    CHECK(read.body(1) == "Subject: x\r\n\r\none");
    CHECK(read.header_of(2) == "Subject: x\r\n\r\n");
    CHECK(read.body(2) == "one");
    CHECK_FALSE(read.structure.parts()[2].is_mime);
    CHECK(read.structure.parts()[3].kind == Kind::single);
}

TEST_CASE("a multipart without boundary parameter or blank line has no parts", "[smime][mime]") {
    const Read one{"Content-Type: multipart/mixed\r\n\r\n--B\r\n\r\nx\r\n"};
    CHECK(one.structure.root().kind == Kind::multipart);
    CHECK(one.structure.parts().size() == 1);
    const Read two{multipart("--B\r\nContent-Type: multipart/mixed; boundary=C\r\n--B--\r\n")};
    CHECK(two.structure.parts()[1].kind == Kind::multipart);
    CHECK(two.structure.parts()[1].first_child == MimePart::none);
}

TEST_CASE("LF ends lines as CRLF does", "[smime][mime]") {
    const Read read{
        "Content-Type: multipart/mixed; boundary=B\n\n--B\nA: "
        "b\n\none\ntwo\n--B\n\nthree\n--B--\n"};
    REQUIRE(read.structure.parts().size() == 3);
    CHECK(read.header_of(1) == "A: b\n\n");
    CHECK(read.body(1) == "one\ntwo");
    CHECK(read.body(2) == "three");
}

TEST_CASE("parts beyond the limits are not looked into (MIME-10)", "[smime][mime]") {
    std::string nested = "MIME-Version: 1.0\r\n";
    for (int i = 0; i < 10'000; ++i) {
        const auto boundary = "b" + std::to_string(100'000 + i);
        nested += "Content-Type: multipart/mixed; boundary=" + boundary + "\r\n\r\n--" + boundary +
                  "\r\n";
    }
    CHECK(Read{nested}.structure.parts().size() == smime::limits::mime_depth);

    std::string messages = "Content-Type: message/rfc822\r\n\r\n";
    for (int i = 0; i < 10'000; ++i) messages += "Content-Type: message/rfc822\r\n\r\n";
    CHECK(Read{messages}.structure.parts().size() == smime::limits::mime_depth);

    std::string many = multipart("");
    for (int i = 0; i < 100'000; ++i) many += "--B\r\n\r\n\r\n";
    CHECK(Read{many}.structure.parts().size() == smime::limits::mime_parts);
}

TEST_CASE("read_content_fields takes the first that can be read", "[smime][mime]") {
    const auto content = smime::read_content_fields(
        "Content-Type: a/b\r\nContent-Type: c/d\r\nContent-Transfer-Encoding: x y\r\n"
        "content-transfer-encoding: base64\r\nContent-ID: <a\r\n b>\r\nContent-Language: de, en\r\n"
        "Content-Disposition: attachment; filename=x\r\nContent-Disposition: inline\r\n"
        "Subject: x\r\n\r\nContent-MD5: body\r\n");
    CHECK(content.type->is("a", "b"));
    CHECK(content.transfer_encoding == "base64");
    CHECK(content.id == "<a\n b>");
    CHECK(content.languages == std::vector<std::string>{"de", "en"});
    CHECK(content.disposition->type == "attachment");
    CHECK(content.md5 == std::nullopt);
}
