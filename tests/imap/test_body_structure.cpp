#include <string>

#include "imap/body_structure.hpp"
#include "imap/limits.hpp"
#include "tests/catch.hpp"

using imap::BodyStructure;
using namespace std::string_literals;

namespace {

std::optional<BodyStructure> read(std::string_view text) {
    imap::Cursor in{text};
    auto structure = imap::read_body_structure(in);
    if (structure)
        CHECK(in.at_end());
    else
        CHECK(in.rest() == text);
    return structure;
}

std::string body_structure(const BodyStructure& structure) {
    imap::Writer out;
    imap::write_body_structure(out, structure);
    return out.take();
}

std::string body(const BodyStructure& structure) {
    imap::Writer out;
    imap::write_body(out, structure);
    return out.take();
}

std::string envelope(const imap::Envelope& envelope) {
    imap::Writer out;
    imap::write_envelope(out, envelope);
    return out.take();
}

}  // namespace

TEST_CASE("A text part is read and written", "[imap][body_structure]") {
    constexpr std::string_view text =
        R"(("text" "plain" ("charset" "utf-8" "format" "flowed") "<id>" "desc" "8bit" 8 2 "md5" ("attachment" ("filename" "a b")) ("en" "de") "http://x"))";
    const auto part = read(text);
    REQUIRE(part);
    CHECK(part->type == "text");
    CHECK(part->subtype == "plain");
    REQUIRE(part->parameter("FORMAT"));
    CHECK(*part->parameter("format") == "flowed");
    CHECK(part->parameter("name") == nullptr);
    CHECK(part->id == "<id>");
    CHECK(part->description == "desc");
    CHECK(part->encoding == "8bit");
    CHECK(part->octets == 8);
    CHECK(part->lines == 2u);
    CHECK(part->md5 == "md5");
    REQUIRE(part->disposition);
    CHECK(part->disposition->type == "attachment");
    CHECK(part->disposition->parameters == imap::BodyParameters{{"filename", "a b"}});
    CHECK(part->languages == std::vector<std::string>{"en", "de"});
    CHECK(part->location == "http://x");
    CHECK(body_structure(*part) == text);
    CHECK(body(*part) ==
          R"(("text" "plain" ("charset" "utf-8" "format" "flowed") "<id>" "desc" "8bit" 8 2))");
}

TEST_CASE("A multipart with a message is read and written", "[imap][body_structure]") {
    constexpr std::string_view text =
        R"((("application" "pdf" NIL NIL NIL "base64" 17 NIL NIL NIL NIL)("message" "rfc822" NIL NIL NIL "7bit" 133 ("Sat" "re" ((NIL NIL "user" "domain.org")) NIL NIL (("g" NIL "team" NIL)(NIL NIL NIL NIL)) NIL NIL NIL "<m@x>") ("text" "plain" NIL NIL NIL "7bit" 6 1 NIL NIL NIL NIL) 6 NIL NIL NIL NIL) "mixed" ("boundary" "b") ("inline" NIL) NIL NIL))";
    const auto root = read(text);
    REQUIRE(root);
    CHECK(root->is_multipart());
    CHECK(root->subtype == "mixed");
    REQUIRE(root->children.size() == 2);
    CHECK_FALSE(root->children[0].lines);
    const auto& message = root->children[1];
    REQUIRE(message.envelope);
    CHECK(message.envelope->subject == "re");
    CHECK(message.envelope->from ==
          std::vector<imap::Address>{{std::nullopt, std::nullopt, "user", "domain.org"}});
    CHECK(message.envelope->to.size() == 2);
    CHECK(message.lines == 6u);
    REQUIRE(message.children.size() == 1);
    CHECK(message.children[0].type == "text");
    CHECK(body_structure(*root) == text);
    CHECK(
        body(*root) ==
        R"((("application" "pdf" NIL NIL NIL "base64" 17)("message" "rfc822" NIL NIL NIL "7bit" 133 ("Sat" "re" ((NIL NIL "user" "domain.org")) NIL NIL (("g" NIL "team" NIL)(NIL NIL NIL NIL)) NIL NIL NIL "<m@x>") ("text" "plain" NIL NIL NIL "7bit" 6 1) 6) "mixed"))");
}

TEST_CASE("Media types are read in lower case and written as they are", "[imap][body_structure]") {
    const auto part = read(
        R"(("APPLICATION" "X-Pkcs7-MIME" ("SMIME-TYPE" "Enveloped-Data") NIL NIL "BASE64" 5))");
    REQUIRE(part);
    CHECK(part->type == "application");
    CHECK(part->subtype == "x-pkcs7-mime");
    CHECK(*part->parameter("smime-type") == "Enveloped-Data");
    CHECK(part->encoding == "BASE64");

    BodyStructure filled;
    filled.type = "MULTIPART";
    filled.subtype = "Mixed";
    CHECK(filled.is_multipart());
    CHECK(body(filled) ==
          R"((("text" "plain" ("charset" "us-ascii") NIL NIL "7bit" 0 0) "Mixed"))");
    filled.type = "Text";
    filled.encoding = "7bit";
    CHECK(body(filled) == R"(("Text" "Mixed" NIL NIL NIL "7bit" 0 0))");
}

TEST_CASE("A multipart without parts is written with an empty one", "[imap][body_structure]") {
    BodyStructure root;
    root.type = "multipart";
    root.subtype = "mixed";
    CHECK(
        body_structure(root) ==
        R"((("text" "plain" ("charset" "us-ascii") NIL NIL "7bit" 0 0 NIL NIL NIL NIL) "mixed" NIL NIL NIL NIL))");
}

TEST_CASE("What servers leave out is empty", "[imap][body_structure]") {
    CHECK(read(R"(("text" "plain" NIL NIL NIL "7bit" 6))")->lines == 0u);
    CHECK(read(R"(("text" "plain"))")->octets == 0);
    CHECK(read(R"((NIL NIL NIL NIL NIL NIL NIL))")->type.empty());
    CHECK(read(R"(("text" "plain" () NIL NIL NIL -1 NIL))")->octets == 0);
    CHECK(read(R"(("text" "plain" ("charset" NIL) NIL NIL NIL 0 0))")->parameters ==
          imap::BodyParameters{{"charset", ""}});
    CHECK(read(R"(("text" "plain" ("charset") NIL NIL NIL 0 0))")->parameters.size() == 1);
    CHECK(read(R"(("text" "plain" NIL NIL NIL "7bit" 0 0 NIL "attachment" "en" NIL))")
              ->disposition->type == "attachment");
    CHECK(read(R"(("text" "plain" NIL NIL NIL "7bit" 0 0 NIL ("attachment") NIL))")->disposition);
    CHECK(read(R"(("text" "plain" NIL NIL NIL "7bit" 0 0 NIL NIL "en" NIL "new" (1 2)))")
              ->languages == std::vector<std::string>{"en"});
    CHECK(read(R"(( ("a" "b" NIL NIL NIL "7bit" 0) ("c" "d" NIL NIL NIL "7bit" 0) "mixed" ))")
              ->children.size() == 2);
    CHECK(read(R"((("a" "b" NIL NIL NIL "7bit" 0)))")->subtype.empty());
    CHECK_FALSE(read(R"(("message" "rfc822" NIL NIL NIL "7bit" 342 NIL NIL 5))")->envelope);
    CHECK(read("({4}\r\ntext \"plain\" NIL NIL {3}\r\n\"\r\n \"7bit\" 0 0)")->description ==
          "\"\r\n");
    CHECK(
        read(
            R"(("message" "global" NIL NIL NIL "8bit" 1 (NIL NIL NIL NIL NIL NIL NIL NIL NIL NIL) ("text" "plain" NIL NIL NIL "8bit" 1 1) 3))")
            ->envelope);
}

TEST_CASE("What is no structure is not read", "[imap][body_structure]") {
    for (const std::string_view text :
         {"", "NIL", "(", "(\"text\" \"plain\"", "(\"text\" \"plain\" NIL NIL NIL \"7bit\" 1 1",
          "text", "((\"text\" \"plain\" NIL NIL NIL \"7bit\" 1 1)",
          "(\"text\" \"plain\" (\"a\" \"b\")",
          "(\"message\" \"rfc822\" NIL NIL NIL \"7bit\" 1 (NIL NIL NIL NIL NIL NIL NIL NIL NIL "
          "NIL))",
          "(\"message\" \"rfc822\" NIL NIL NIL \"7bit\" 1 (NIL NIL (NIL)))",
          "(\"te\r\nxt\" \"plain\")"}) {
        CAPTURE(text);
        CHECK_FALSE(read(text));
    }
}

TEST_CASE("A structure that nests beyond the limit is not read", "[imap][body_structure]") {
    const auto nested = [](std::size_t multiparts) {
        std::string text(multiparts, '(');
        text += R"(("text" "plain" NIL NIL NIL "7bit" 0 0))";
        for (std::size_t i = 0; i < multiparts; ++i) text += " \"mixed\")";
        return text;
    };
    CHECK(read(nested(imap::limits::nesting - 1)));
    CHECK_FALSE(read(nested(imap::limits::nesting)));
    CHECK_FALSE(read(nested(1000000)));
    CHECK_FALSE(read(std::string(1000000, '(')));
}

TEST_CASE("An envelope is read and written", "[imap][body_structure]") {
    constexpr std::string_view text =
        R"(("Thu, 15 Feb 2007 01:02:03 +0200" "subject" (("N" NIL "u" "d")) (("N" NIL "u" "d")) (("N" NIL "u" "d")) NIL NIL NIL "<r@x>" "<m@x>"))";
    imap::Cursor in{text};
    const auto read = imap::read_envelope(in);
    REQUIRE(read);
    CHECK(in.at_end());
    CHECK(read->message_id == "<m@x>");
    CHECK(envelope(*read) == text);
}

TEST_CASE("IMAP-03: nothing in an envelope ends a line", "[imap][body_structure]") {
    imap::Envelope attack;
    attack.date = "\r\n* 1 EXPUNGE\r\n";
    attack.subject = "\"\r\n* 1 EXPUNGE\r\n\0"s;
    attack.from = {{"\"\r\n)", "\r\n", "a\r\nb", "\n"}};
    attack.message_id = "a\r\nb";
    const auto text = envelope(attack);
    imap::Cursor in{text};
    const auto read = imap::read_envelope(in);
    REQUIRE(read);
    CHECK(in.at_end());
    CHECK(read->date == " * 1 EXPUNGE");
    CHECK(read->subject == "\" * 1 EXPUNGE \x80");
    CHECK(read->from == std::vector<imap::Address>{{"\" )", "\r\n", "a\r\nb", "\n"}});
    CHECK(read->message_id == "a b");
}
