#include <string>

#include "imap/fetch.hpp"
#include "imap/limits.hpp"
#include "tests/catch.hpp"

using imap::begins_fetch_response;
using imap::DataItem;
using imap::read_fetch_response;
using imap::read_fetch_response_head;
using imap::SectionText;
using namespace std::string_literals;

namespace {

/// The octets of the items, joined by "|".
std::string items(std::string_view response) {
    const auto fetch = read_fetch_response(response);
    if (!fetch) return "nothing";
    std::string joined;
    for (const auto& item : fetch->items)
        joined += (joined.empty() ? "" : "|") + std::string{item.octets};
    return joined;
}

}  // namespace

TEST_CASE("read_fetch_response reads items and values", "[imap][fetch]") {
    const auto fetch = read_fetch_response(
        "* 12 FETCH (UID 34 FLAGS (\\Seen $x) MODSEQ (65) RFC822.SIZE 44827 BODY[TEXT]<100> "
        "{5}\r\na)\r\n  "
        "ENVELOPE (NIL NIL))\r\n");
    REQUIRE(fetch);
    CHECK(fetch->number.value() == 12);
    REQUIRE(fetch->uid());
    CHECK(fetch->uid()->value() == 34);
    REQUIRE(fetch->items.size() == 6);
    CHECK(fetch->items[1].item == DataItem::flags);
    CHECK(fetch->items[1].value == "(\\Seen $x)");
    CHECK(fetch->items[2].item == DataItem::modseq);
    CHECK(fetch->items[3].octets == "RFC822.SIZE 44827");
    CHECK(fetch->items[4].item == DataItem::body_section);
    CHECK(fetch->items[4].section.text == SectionText::text);
    CHECK(fetch->items[4].origin == 100u);
    CHECK(fetch->items[4].value == "{5}\r\na)\r\n ");
    CHECK(fetch->find(DataItem::envelope) == &fetch->items[5]);
    CHECK(fetch->find(DataItem::body) == nullptr);
}

TEST_CASE("read_fetch_response reads what servers send", "[imap][fetch]") {
    CHECK(items("* 1 FETCH ()\r\n").empty());
    CHECK(items("* 1 fetch (uid 5)\n") == "uid 5");
    CHECK(items("* 1 FETCH ( UID 5  FLAGS () ) \r\n") == "UID 5|FLAGS ()");
    CHECK(items("* 1 FETCH (FLAGS (\\* a]b [x] 50% \"q\" \xe4))\r\n") ==
          "FLAGS (\\* a]b [x] 50% \"q\" \xe4)");
    CHECK(items("* 1 FETCH (X-GM-LABELS (\"\\\\Sent\" \"a b\" {1}\r\n)) X-GM-MSGID "
                "9223372036854775808)\r\n") ==
          "X-GM-LABELS (\"\\\\Sent\" \"a b\" {1}\r\n))|X-GM-MSGID 9223372036854775808");
    CHECK(items("* 1 FETCH (BODY[HEADER.FIELDS (FROM \"To\")] \"\" BODY[1] NIL)\r\n") ==
          "BODY[HEADER.FIELDS (FROM \"To\")] \"\"|BODY[1] NIL");
    CHECK(items("* 1 FETCH (body[header.fields ( from )] {0}\r\n)\r\n") ==
          "body[header.fields ( from )] {0}\r\n");
    CHECK(items("* 1 FETCH (BODY[HEADER.FIELDS ({4}\r\nFrom)] {1}\r\nx UID 1)\r\n") ==
          "BODY[HEADER.FIELDS ({4}\r\nFrom)] {1}\r\nx|UID 1");
    CHECK(items("* 1 FETCH (BINARY[1] ~{3}\r\na\0b BINARY.SIZE[1] 3)\r\n"s) ==
          "BINARY[1] ~{3}\r\na\0b|BINARY.SIZE[1] 3"s);
    CHECK(items("* 1 FETCH (PREVIEW \"hi\" SNIPPET (FUZZY \"hi\") INTERNALDATE \" 1-Jan-2024 "
                "00:00:00 +0000\")\r\n") ==
          "PREVIEW \"hi\"|SNIPPET (FUZZY \"hi\")|INTERNALDATE \" 1-Jan-2024 00:00:00 +0000\"");
    CHECK(items("* 1 FETCH (X-NEW[a b] 1 UID 1)\r\n") == "X-NEW[a b] 1|UID 1");
    CHECK(items("* 1 FETCH (BODY ((\"text\" \"plain\" NIL NIL NIL \"7bit\" 1 1)(\"a\" \"b\") "
                "\"mixed\"))\r\n") ==
          "BODY ((\"text\" \"plain\" NIL NIL NIL \"7bit\" 1 1)(\"a\" \"b\") \"mixed\")");
}

TEST_CASE("What is no FETCH response is not read", "[imap][fetch]") {
    for (const std::string_view response :
         {"", "* 1 FETCH (UID 5)", "* 1 FETCH (UID 5\r\n", "* 1 FETCH UID 5\r\n",
          "* 0 FETCH (UID 5)\r\n", "* 1 FETCH (UID)\r\n", "* 1 FETCH (BODY[] {5}\r\nab)\r\n",
          "* 1 FETCH (BODY[ NIL)\r\n", "* 1 FETCH (UID 5) x\r\n", "* 1 EXISTS\r\n",
          "1 FETCH (UID 5)\r\n", "* 1 FETCH (UID 5))\r\n", "* 4294967296 FETCH (UID 5)\r\n",
          "* 1 FETCH (BODY[]<-1> NIL)\r\n", "* 1 FETCH (\r\n)\r\n",
          "* 1 FETCH (UID 5)\r\n* 2 EXISTS\r\n"}) {
        CAPTURE(response);
        CHECK_FALSE(read_fetch_response(response));
    }
}

TEST_CASE("A value that nests beyond the limit is not read", "[imap][fetch]") {
    const auto nested = [](std::size_t depth) {
        return "* 1 FETCH (X " + std::string(depth, '(') + std::string(depth, ')') + ")\r\n";
    };
    CHECK(read_fetch_response(nested(imap::limits::nesting)));
    CHECK_FALSE(read_fetch_response(nested(imap::limits::nesting + 1)));
    CHECK_FALSE(read_fetch_response(nested(1000000)));
}

TEST_CASE("A UID that is none is not given", "[imap][fetch]") {
    CHECK_FALSE(read_fetch_response("* 1 FETCH (UID 0)\r\n")->uid());
    CHECK_FALSE(read_fetch_response("* 1 FETCH (UID 4294967296)\r\n")->uid());
    CHECK_FALSE(read_fetch_response("* 1 FETCH (UID (1))\r\n")->uid());
    CHECK_FALSE(read_fetch_response("* 1 FETCH (FLAGS ())\r\n")->uid());
}

TEST_CASE("The beginning of a FETCH response is known", "[imap][fetch]") {
    CHECK(begins_fetch_response("* 1 FETCH (UID 5)\r\n"));
    CHECK(begins_fetch_response("* 1 fetch (BODY[] {3}\r\n"));
    CHECK(begins_fetch_response("* 1 FETCH ("));
    for (const std::string_view line :
         {"", "* FETCH (", "* 1 FETCHED (", "* 1 FETCH UID", "a 1 FETCH (", "* OK FETCH ("}) {
        CAPTURE(line);
        CHECK_FALSE(begins_fetch_response(line));
    }
}

TEST_CASE("A head says whose value the announced literal is", "[imap][fetch]") {
    auto head = read_fetch_response_head("* 3 FETCH (UID 9 BODY[] {1234}\r\n");
    REQUIRE(head);
    CHECK(head->number.value() == 3);
    CHECK(head->uid->value() == 9);
    CHECK(head->announced.item == DataItem::body_section);
    CHECK(head->announced.section == imap::SectionSpec{});
    CHECK_FALSE(head->announced.origin);
    CHECK(head->literal == 1234);
    CHECK(head->is_value);

    head = read_fetch_response_head("* 3 FETCH (BODY[]<65536> {10}\r\n");
    REQUIRE(head);
    CHECK(head->announced.origin == 65536u);
    CHECK(head->is_value);

    head = read_fetch_response_head("* 3 FETCH (rfc822 {10}\n");
    REQUIRE(head);
    CHECK(head->announced.item == DataItem::rfc822);
    CHECK(head->is_value);

    head = read_fetch_response_head("* 3 FETCH (BINARY[1] ~{10}\r\n");
    REQUIRE(head);
    CHECK(head->announced.item == DataItem::binary);
    CHECK(head->announced.section.part == std::vector<std::uint32_t>{1});
    CHECK(head->is_value);
}

TEST_CASE("A head knows a literal that is only part of a value", "[imap][fetch]") {
    auto head = read_fetch_response_head("* 3 FETCH (UID 1 ENVELOPE (\"date\" {20}\r\n");
    REQUIRE(head);
    CHECK(head->announced.item == DataItem::envelope);
    CHECK(head->uid->value() == 1);
    CHECK_FALSE(head->is_value);

    head = read_fetch_response_head("* 3 FETCH (X-GM-LABELS ({3}\r\na b {3}\r\n");
    REQUIRE(head);
    CHECK(head->announced.item == DataItem::other);
    CHECK_FALSE(head->is_value);

    // A name in a section: which item it is, is not yet said.
    head = read_fetch_response_head("* 3 FETCH (UID 1 BODY[HEADER.FIELDS ({4}\r\n");
    REQUIRE(head);
    CHECK(head->announced.item == DataItem::body_section);
    CHECK_FALSE(head->is_value);
}

TEST_CASE("A head reads past earlier literals, whatever they say", "[imap][fetch]") {
    const auto head = read_fetch_response_head(
        "* 3 FETCH (BODY[HEADER] {21}\r\nA: b\r\n BODY[] {9}\r\n\r\n BODY[TEXT] {7}\r\n");
    REQUIRE(head);
    CHECK(head->announced.section.text == SectionText::text);
    CHECK(head->literal == 7);
    CHECK(head->is_value);
}

TEST_CASE("A FetchHeadReader reads head after head", "[imap][fetch]") {
    imap::FetchHeadReader reader;
    std::string response = "* 3 FETCH (ENVELOPE (NIL {3}\r\n";
    auto head = reader.read(response);
    REQUIRE(head);
    CHECK(head->announced.item == DataItem::envelope);
    CHECK_FALSE(head->is_value);
    CHECK_FALSE(head->uid);

    response += ")\"( (({1}\r\n";
    head = reader.read(response);
    REQUIRE(head);
    CHECK(head->announced.item == DataItem::envelope);
    CHECK_FALSE(head->is_value);

    response += "x NIL))) UID 7 BODY[HEADER.FIELDS ({4}\r\n";
    head = reader.read(response);
    REQUIRE(head);
    CHECK(head->announced.item == DataItem::body_section);
    CHECK_FALSE(head->is_value);
    CHECK(head->uid->value() == 7);

    response += "From {2}\r\n";
    REQUIRE(reader.read(response));

    response += "To)] {9}\r\n";
    head = reader.read(response);
    REQUIRE(head);
    CHECK(head->announced.section.header_list == std::vector<std::string>{"From", "To"});
    CHECK(head->literal == 9);
    CHECK(head->is_value);

    response += "A: b\r\n\r\n) RFC822 {5}\r\n";
    head = reader.read(response);
    REQUIRE(head);
    CHECK(head->announced.item == DataItem::rfc822);
    CHECK(head->is_value);

    CHECK_FALSE(reader.read(response + "12345) {1}\r\n"));
    CHECK_FALSE(reader.read(response));
}

TEST_CASE("MIME-10: a FETCH response of many literals is read in linear time", "[imap][fetch]") {
    imap::FetchHeadReader reader;
    std::string response = "* 1 FETCH (UID 1 ENVELOPE (NIL NIL (";
    std::size_t heads = 0;
    for (int i = 0; i < 100000; ++i) {
        response += "({3}\r\n";
        heads += reader.read(response).has_value();
        response += "a\"b NIL \"user\" \"example.org\")";
    }
    CHECK(heads == 100000);
}

TEST_CASE("What is no head is not read", "[imap][fetch]") {
    for (const std::string_view text :
         {"", "{3}\r\n", "* 3 FETCH (BODY[] {3}", "* 3 FETCH ({3}\r\n", "* 3 FETCH {3}\r\n",
          "* 3 FETCH (UID 5{3}\r\n", "* 3 FETCH (UID 5 {3}\r\n", "* 3 FETCH (FLAGS (a){3}\r\n",
          "* 3 FETCH (BODY[]{3}\r\n", "* 3 FETCH (BODY[] \"a\" {3}\r\n",
          "* 3 FETCH (BODY[] \"{3}\r\n", "* 3 FETCH (BODY[] x{3}\r\n", "* 3 FETCH (UID 5) {3}\r\n",
          "* 3 FETCH (BODY[] {9}\r\n BODY[] {3}\r\n", "a 3 FETCH (BODY[] {3}\r\n",
          "* 3 FETCH (BODY[] {9223372036854775808}\r\n"}) {
        CAPTURE(text);
        CHECK_FALSE(read_fetch_response_head(text));
    }
}

TEST_CASE("RFC 9586: UIDFETCH calls a message by its UID", "[imap][fetch]") {
    const auto response = imap::read_fetch_response("* 7 uidfetch (FLAGS ())\r\n");
    REQUIRE(response);
    CHECK(response->number.value() == 0);
    REQUIRE(response->by_uid);
    CHECK(response->uid()->value() == 7);
    CHECK_FALSE(imap::read_fetch_response("* 7 FETCH (FLAGS ())\r\n")->by_uid);
    CHECK_FALSE(imap::read_fetch_response("* 0 UIDFETCH (FLAGS ())\r\n"));
    CHECK(imap::begins_fetch_response("* 7 UIDFETCH ("));
    const auto head = imap::read_fetch_response_head("* 7 UIDFETCH (FLAGS () BODY[] {3}\r\n");
    REQUIRE(head);
    CHECK(head->uid->value() == 7);
    CHECK(head->number.value() == 0);
    CHECK(head->offset == 23);
}
