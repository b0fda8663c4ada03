#include "proxy/message_items.hpp"

#include "tests/catch.hpp"
#include "tests/plain_view.hpp"

// That the answers are Dovecot's is tested against Dovecot itself (tests/dovecot/bodystructure.py);
// here stands what must hold for any message, and how long it may take.

namespace {

class Message {
public:
    explicit Message(std::string_view octets) : items_{plain_view(octets)} {}

    std::string answer(std::string_view item) const {
        imap::Cursor in{item};
        const auto name = imap::read_message_data_item_name(in);
        REQUIRE(name);
        REQUIRE(in.at_end());
        imap::Writer out;
        items_.write(out, *name);
        return out.take();
    }

    /// The octets of the literal that is the answer's value.
    std::string octets(std::string_view item) const {
        const auto whole = answer(item);
        const auto start = whole.find("}\r\n") + 3;
        const auto size = std::stoul(whole.substr(whole.find('{') + 1));
        CHECK(whole.size() == start + size);
        return whole.substr(start);
    }

private:
    proxy::MessageItems items_;
};

const std::string two_parts =
    "From: Alice <a@example.org>\r\nSubject: two\r\n  parts\r\n"
    "Content-Type: multipart/mixed; boundary=B\r\n\r\npreamble\r\n"
    "--B\r\nContent-ID: <1>\r\n\r\none\r\n"
    "--B\r\nContent-Type: message/rfc822\r\n\r\nTo: b@example.org\r\n\r\ninner\r\n\r\n--B--\r\n";

}  // namespace

TEST_CASE("items answer as RFC 9051 keys them", "[proxy][items]") {
    const Message message{two_parts};
    CHECK(message.answer("RFC822.SIZE") == "RFC822.SIZE " + std::to_string(two_parts.size()));
    CHECK(message.answer("body.peek[1]") == "BODY[1] {3}\r\none");
    CHECK(message.answer("BODY[2.text]<2.3>") == "BODY[2.TEXT]<2> {3}\r\nner");
    CHECK(message.answer("BODY[header.fields (subject x)]") ==
          "BODY[HEADER.FIELDS (SUBJECT X)] {25}\r\nSubject: two\r\n  parts\r\n\r\n");
    CHECK(message.answer("RFC822.HEADER").starts_with("RFC822.HEADER {"));
    CHECK(message.answer("BODY") ==
          R"(BODY (("text" "plain" ("charset" "us-ascii") "<1>" NIL "7bit" 3 0))"
          R"(("message" "rfc822" NIL NIL NIL "7bit" 28 (NIL NIL NIL NIL NIL ((NIL NIL "b" )"
          R"("example.org")) NIL NIL NIL NIL) ("text" "plain" ("charset" "us-ascii") NIL NIL )"
          R"("7bit" 7 1) 3) "mixed"))");
}

TEST_CASE("what is hidden has no value", "[proxy][items]") {
    const Message message{two_parts};
    CHECK(message.answer("PREVIEW") == "PREVIEW NIL");
    CHECK(message.answer("BINARY.PEEK[1]") == "BINARY[1] NIL");
    CHECK(message.answer("BINARY.SIZE[1]") == "BINARY.SIZE[1] 0");
}

TEST_CASE("sections are found by their numbers", "[proxy][items]") {
    const Message message{two_parts};
    CHECK(message.octets("BODY[1.MIME]") == "Content-ID: <1>\r\n\r\n");
    CHECK(message.octets("BODY[2]") == "To: b@example.org\r\n\r\ninner\r\n");
    CHECK(message.octets("BODY[2.HEADER]") == "To: b@example.org\r\n\r\n");
    CHECK(message.octets("BODY[2.1]") == "inner\r\n");
    CHECK(message.octets("BODY[2.HEADER.FIELDS.NOT (To)]") == "\r\n");
    for (const auto* const none : {"BODY[3]", "BODY[1.2]", "BODY[1.HEADER]", "BODY[2.2]",
                                   "BODY[2.1.1]", "BODY[2.1.TEXT]", "BODY[3.HEADER.FIELDS (A)]"}) {
        CAPTURE(none);
        CHECK(message.octets(none) == "");
    }
    CHECK(message.octets("BODY[1.1]") == "one");  // as Dovecot has it
    const Message single{"A: b\r\n\r\nbody"};
    CHECK(single.octets("BODY[1]") == "body");
    CHECK(single.octets("BODY[1.MIME]") == "A: b\r\n\r\n");
    CHECK(single.octets("BODY[2]") == "");
}

TEST_CASE("header and text are the whole, and partials of any size, too (IMAP-04)",
          "[proxy][items]") {
    const Message message{two_parts};
    CHECK(message.octets("BODY[]") == two_parts);
    CHECK(message.octets("RFC822") == two_parts);
    CHECK(message.octets("BODY[HEADER]") + message.octets("BODY[TEXT]") == two_parts);
    CHECK(message.octets("RFC822.HEADER") + message.octets("RFC822.TEXT") == two_parts);
    for (const std::size_t size : {1U, 2U, 7U, 64U, 1000U}) {
        std::string joined;
        for (std::size_t at = 0; at <= two_parts.size(); at += size)
            joined +=
                message.octets("BODY[]<" + std::to_string(at) + "." + std::to_string(size) + ">");
        CHECK(joined == two_parts);
    }
    CHECK(message.answer("BODY[]<9223372036854775807.9223372036854775807>") ==
          "BODY[]<9223372036854775807> {0}\r\n");
    CHECK(message.octets("BODY[]<0.9223372036854775807>") == two_parts);
}

TEST_CASE("no octet of a mail ends a response line (IMAP-03)", "[proxy][items]") {
    using namespace std::string_literals;
    const auto hostile =
        "Subject: =\r* 1 EXPUNGE\"\\\0x\r\nFrom: \"a\rb\" <\xff\0@c>\r\n"
        "Content-Type: text/pl\0ain; a=\"x\ry\0\"\r\n\r\nbody\0\r\n"s;
    const Message message{hostile};
    for (const auto* const item : {"ENVELOPE", "BODY", "BODYSTRUCTURE", "BODY[]", "BODY[HEADER]",
                                   "BODY[HEADER.FIELDS (Subject)]", "BODY[1]"}) {
        CAPTURE(item);
        CHECK(message.answer(item).find('\0') == std::string::npos);
    }
    CHECK(message.octets("BODY[]").size() == hostile.size());
    CHECK(message.octets("BODY[1]") == "body\x80\r\n");
    const auto envelope = message.answer("ENVELOPE");
    imap::Cursor value{std::string_view{envelope}.substr(9)};
    CHECK(value.any_value());
    CHECK(value.at_end());
}
