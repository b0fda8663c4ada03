#include "proxy/message_items.hpp"

#include "proxy/email_id.hpp"
#include "tests/catch.hpp"
#include "tests/plain_view.hpp"

// That the answers are Dovecot's is tested against Dovecot itself (tests/dovecot/bodystructure.py);
// here stands what must hold for any message, and how long it may take.

namespace {

class Message {
public:
    explicit Message(std::string_view octets) : items_{plain_view(octets)} {}

    std::string answer(std::string_view item) const {
        imap::Writer out;
        items_.write(out, name_of(item));
        return out.take();
    }

    bool can_answer(std::string_view item) const { return items_.can_answer(name_of(item)); }

    /// The octets of the literal that is the answer's value.
    std::string octets(std::string_view item) const {
        const auto whole = answer(item);
        const auto start = whole.find("}\r\n") + 3;
        const auto size = std::stoul(whole.substr(whole.find('{') + 1));
        CHECK(whole.size() == start + size);
        return whole.substr(start);
    }

private:
    static imap::MessageDataItemName name_of(std::string_view item) {
        imap::Cursor in{item};
        auto name = imap::read_message_data_item_name(in);
        REQUIRE(name);
        REQUIRE(in.at_end());
        return std::move(*name);
    }

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
    CHECK(message.answer("SNIPPET") == "SNIPPET NIL");
    CHECK(message.answer("PREVIEW (FUZZY)") == "SNIPPET NIL");
}

TEST_CASE("BINARY decodes a part's transfer encoding", "[proxy][items]") {
    using namespace std::string_literals;
    const Message message{
        "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=B\r\n\r\n"
        "--B\r\nContent-Transfer-Encoding: BASE64\r\n\r\naGVsbG8A\r\nd29ybGQ=\r\n"
        "--B\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\na=3Db =\r\nc\r\n"
        "--B\r\n\r\nplain\r\n--B\r\nContent-Transfer-Encoding: x-uuencode\r\n\r\nbegin\r\n"
        "--B\r\nContent-Type: message/rfc822\r\n\r\nContent-Transfer-Encoding: base64\r\n"
        "MIME-Version: 1.0\r\n\r\nYQ==\r\n--B--\r\n"};
    CHECK(message.answer("BINARY.PEEK[1]") == "BINARY[1] ~{11}\r\nhello\0world"s);
    CHECK(message.answer("binary[1]<4.3>") == "BINARY[1]<4> ~{3}\r\no\0w"s);
    CHECK(message.answer("BINARY[1]<12.3>") == "BINARY[1]<12> ~{0}\r\n");
    CHECK(message.answer("BINARY.SIZE[1]") == "BINARY.SIZE[1] 11");
    CHECK(message.answer("BINARY[2]") == "BINARY[2] ~{5}\r\na=b c");
    CHECK(message.answer("BINARY[3]") == "BINARY[3] {5}\r\nplain");
    CHECK(message.answer("BINARY.SIZE[3]") == "BINARY.SIZE[3] 5");
    CHECK(message.answer("BINARY[5.1]") == "BINARY[5.1] ~{1}\r\na");
    // What has parts has no encoding, and what does not exist no octets.
    CHECK(message.answer("BINARY[5]").substr(9) == message.answer("BODY[5]").substr(7));
    CHECK(message.answer("BINARY[]").substr(10) == message.answer("BODY[]").substr(7));
    CHECK(message.answer("BINARY.SIZE[]").substr(13) == message.answer("RFC822.SIZE").substr(11));
    CHECK(message.answer("BINARY[9]") == "BINARY[9] {0}\r\n");
    CHECK(message.answer("BINARY.SIZE[9]") == "BINARY.SIZE[9] 0");
    CHECK(message.answer("BINARY[1.MIME]").substr(14) == message.answer("BODY[1.MIME]").substr(12));
    // RFC 3516, 4.3
    CHECK_FALSE(message.can_answer("BINARY[4]"));
    CHECK_FALSE(message.can_answer("BINARY.SIZE[4]"));
    CHECK(message.answer("BINARY[4]") == "BINARY[4] NIL");
    for (const auto* const item : {"BINARY[1]", "BINARY[]", "BINARY[9]", "BODY[4]", "PREVIEW"})
        CHECK(message.can_answer(item));
    // A NUL that nobody has encoded
    const Message nul{"A: b\r\n\r\na\0b"s};
    CHECK(nul.answer("BINARY[1]") == "BINARY[1] ~{3}\r\na\0b"s);
    CHECK(nul.answer("BODY[1]") ==
          "BODY[1] {3}\r\na\x80"
          "b");
}

TEST_CASE("PREVIEW is the beginning of the first text", "[proxy][items]") {
    const auto preview = [](std::string_view message) {
        return Message{message}.answer("PREVIEW (LAZY)");
    };
    const std::string mime = "MIME-Version: 1.0\r\n";
    const std::string html = mime + "Content-Type: text/html; charset=utf-8\r\n\r\n";
    const std::string mixed = mime + "Content-Type: multipart/mixed; boundary=B\r\n\r\n--B\r\n";
    CHECK(preview("A: b\r\n\r\n  Hello \t world\r\n\r\n> quoted\r\nnext\r\n") ==
          "PREVIEW \"Hello world next\"");
    CHECK(preview("A: b\r\n\r\n> one\r\n> two\r\n") == "PREVIEW \">one two\"");
    CHECK(preview("A: b\r\n\r\n") == "PREVIEW \"\"");
    CHECK(preview("A: b\r\n\r\na\x01\x7f"
                  "b\"c\\d\r\n") == "PREVIEW \"ab\\\"c\\\\d\"");
    CHECK(preview(html + "<title>t</title><style>x{}</style><p>One&amp;two</p><p>three") ==
          "PREVIEW \"One&two three\"");
    CHECK(preview(mixed +
                  "Content-Type: application/pdf\r\n\r\npdf\r\n--B\r\n\r\nafter\r\n--B--\r\n") ==
          "PREVIEW \"after\"");
    CHECK(preview(mixed + "Content-Disposition: attachment\r\n\r\nno\r\n--B\r\n"
                          "Content-Type: message/rfc822\r\n\r\nA: b\r\n\r\nno\r\n--B--\r\n") ==
          "PREVIEW \"\"");
    CHECK(preview(mime + "Content-Type: text/plain; charset=iso-8859-1\r\n"
                         "Content-Transfer-Encoding: quoted-printable\r\n\r\n=E4\r\n") ==
          "PREVIEW {2}\r\n\xc3\xa4");
    // 200 characters, of which none is cut
    std::string long_text = "A: b\r\n\r\n";
    for (int i = 0; i < 300; ++i) long_text += "\xc3\xa4";
    CHECK(preview(long_text).starts_with("PREVIEW {400}\r\n"));
    std::string beyond = "A: b\r\n\r\n\r\n" + std::string(300 * 1024, ' ') + "x";
    CHECK(preview(beyond) == "PREVIEW \"\"");
}

TEST_CASE("an EMAILID is that of the view, and the server is asked for its own", "[proxy][items]") {
    const proxy::MessageItems one{plain_view("A: b\r\n\r\none")};
    const proxy::MessageItems same{plain_view("A: b\r\n\r\none")};
    const proxy::MessageItems other{plain_view("A: b\r\n\r\ntwo")};
    const proxy::MessageItems closed{
        plain_view("A: b\r\n\r\none"), {}, proxy::MessageItems::Outcome::not_opened};
    const auto id = one.email_id("M1-a");
    CHECK(id.ends_with("-M1-a"));
    CHECK(id == same.email_id("M1-a"));
    CHECK(id != other.email_id("M1-a"));
    CHECK(id != one.email_id("M1-b"));
    CHECK(closed.email_id("M1-a") == "M1-a");
    CHECK(one.email_id(std::string(255, 'x')).size() == 255);

    const auto asked = [](const std::string& line) {
        return proxy::with_server_email_ids(line).value_or("nothing");
    };
    CHECK(asked("a SEARCH EMAILID " + id + "\r\n") == "a SEARCH EMAILID M1-a\r\n");
    CHECK(asked("a UID SORT (DATE) UTF-8 (OR emailid " + id + " emailid \"" + id + "\")\r\n") ==
          "a UID SORT (DATE) UTF-8 (OR emailid M1-a emailid \"M1-a\")\r\n");
    for (const auto& line : std::vector<std::string>{
             "a SEARCH EMAILID M1-a\r\n", "a SEARCH TEXT \"EMAILID " + id + "\"\r\n",
             "a SEARCH TEXT " + id + "\r\n", "a SEARCH EMAILID PK-M1\r\n", std::string{"\""},
             "a SEARCH EMAILID " + id.substr(0, 19) + "\r\n"}) {
        CAPTURE(line);
        CHECK(asked(line) == "nothing");
    }
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
