#include <string>

#include "imap/cursor.hpp"
#include "imap/limits.hpp"
#include "tests/catch.hpp"

using imap::Cursor;
using namespace std::string_literals;

namespace {

/// What a rule leaves of the text, or that it took nothing.
template <class Rule>
std::string left(std::string_view text, Rule rule) {
    Cursor in{text};
    const bool took = static_cast<bool>(rule(in));
    if (!took) CHECK(in.rest() == text);
    return took ? std::string{in.rest()} : "nothing";
}

std::string left_by_any_value(std::string_view text) {
    return left(text, [](Cursor& in) { return in.any_value(); });
}

}  // namespace

TEST_CASE("Each rule of Cursor takes all of itself or nothing", "[imap][cursor]") {
    CHECK(left("(a", [](Cursor& in) { return in.special('('); }) == "a");
    CHECK(left("a", [](Cursor& in) { return in.special('('); }) == "nothing");
    CHECK(left("", [](Cursor& in) { return in.special('('); }) == "nothing");
    CHECK(left("  a", [](Cursor& in) { return in.sp(); }) == " a");
    CHECK(left("\r\n", [](Cursor& in) { return in.crlf(); }).empty());
    CHECK(left("\n", [](Cursor& in) { return in.crlf(); }).empty());
    CHECK(left("\r\na", [](Cursor& in) { return in.crlf(); }) == "nothing");
    CHECK(left("\r", [](Cursor& in) { return in.crlf(); }) == "nothing");
    CHECK(left("Fetch 1", [](Cursor& in) { return in.keyword("FETCH"); }) == " 1");
    CHECK(left("NIL)", [](Cursor& in) { return in.keyword("NIL"); }) == ")");
    CHECK(left("NILS", [](Cursor& in) { return in.keyword("NIL"); }) == "nothing");
    CHECK(left("NI", [](Cursor& in) { return in.keyword("NIL"); }) == "nothing");
    CHECK(left("a.b-c)", [](Cursor& in) { return in.atom(); }) == ")");
    CHECK(left("\"a", [](Cursor& in) { return in.atom(); }) == "nothing");
    CHECK(left("a]+b ", [](Cursor& in) { return in.tag(); }) == "+b ");
    CHECK(left("+b", [](Cursor& in) { return in.tag(); }) == "nothing");
    CHECK(left("a]+b ", [](Cursor& in) { return in.astring(); }) == " ");
    CHECK(left("\"a", [](Cursor& in) { return in.quoted(); }) == "nothing");
    CHECK(left("\"a\r\n\"", [](Cursor& in) { return in.quoted(); }) == "nothing");
    CHECK(left("\"a\0\""s, [](Cursor& in) { return in.quoted(); }) == "nothing");
    CHECK(left("\"a\\", [](Cursor& in) { return in.quoted(); }) == "nothing");
    CHECK(left("{3}\r\nab", [](Cursor& in) { return in.literal(); }) == "nothing");
    CHECK(left("{3}ab", [](Cursor& in) { return in.literal(); }) == "nothing");
    CHECK(left("{9223372036854775808}\r\n", [](Cursor& in) { return in.literal(); }) == "nothing");
}

TEST_CASE("IMAP-02: numbers are read with their limits", "[imap][cursor]") {
    CHECK(Cursor{"4294967295"}.number() == 4294967295u);
    CHECK_FALSE(Cursor{"4294967296"}.number());
    CHECK_FALSE(Cursor{"18446744073709551617"}.number());
    CHECK_FALSE(Cursor{"-1"}.number());
    CHECK(Cursor{"0"}.number() == 0u);
    CHECK_FALSE(Cursor{"0"}.nz_number());
    CHECK(Cursor{"7"}.nz_number() == 7u);
    CHECK(Cursor{"9223372036854775807"}.number64() == 9223372036854775807u);
    CHECK_FALSE(Cursor{"9223372036854775808"}.number64());
    CHECK_FALSE(Cursor{"99999999999999999999"}.number64());
}

TEST_CASE("Cursor reads strings of every form", "[imap][cursor]") {
    CHECK(Cursor{"\"a\\\"b\\\\c\""}.string() == "a\"b\\c");
    CHECK(Cursor{"\"\""}.string() == "");
    CHECK(Cursor{"{3}\r\na\rb"}.string() == "a\rb");
    CHECK(Cursor{"{3+}\na\nb"}.string() == "a\nb");
    CHECK(Cursor{"~{3}\r\na\0b"s}.string() == "a\0b"s);
    CHECK(Cursor{"{0}\r\n"}.string() == "");
    CHECK_FALSE(Cursor{"atom"}.string());
    CHECK(Cursor{"atom"}.astring() == "atom");
    CHECK(Cursor{"\"a b\""}.astring() == "a b");
    CHECK(Cursor{"NIL"}.astring() == "NIL");

    const auto nil = Cursor{"nil "}.nstring();
    REQUIRE(nil);
    CHECK_FALSE(*nil);
    const auto string = Cursor{"\"NIL\""}.nstring();
    REQUIRE(string);
    CHECK(**string == "NIL");
    CHECK_FALSE(Cursor{"NILS"}.nstring());
}

TEST_CASE("any_value skips one value of any shape", "[imap][cursor]") {
    for (const std::string_view value :
         {"NIL", "123", "\"a b\"", "\"\"", "\"\\\"\"", "{3}\r\n) (", "()", "(a)",
          "((a b)(c)\"d)\")", "(\\Seen \\*  $x [Gmail]/y a]b 50% )", "(\"a\"NIL\"b\")",
          "({1}\r\n) ~{2}\r\n\"))", "\xc3\xa4", "-1"}) {
        CAPTURE(value);
        CHECK(left_by_any_value(std::string{value} + " b") == " b");
        CHECK(left_by_any_value(std::string{value} + ")\r\n") == ")\r\n");
        CHECK(left_by_any_value(value).empty());
    }
    for (const std::string_view text :
         {"", " a", ")", "(", "(a", "(a (b)", "\"a", "\r\n", "{3}\r\nab", "({3}\r\nab",
          "({1}\r\na{1}\r\nb)", "({1}\r\na~{1}\r\nb)", "(\"a)", "(a\r\n)", "{9}\n"}) {
        CAPTURE(text);
        CHECK(left_by_any_value(text) == "nothing");
    }
}

TEST_CASE("any_value does not nest beyond the limit", "[imap][cursor]") {
    const auto nested = [](std::size_t depth) {
        return std::string(depth, '(') + std::string(depth, ')');
    };
    CHECK(left_by_any_value(nested(imap::limits::nesting)).empty());
    CHECK(left_by_any_value(nested(imap::limits::nesting + 1)) == "nothing");
    CHECK(left_by_any_value(nested(1000000)) == "nothing");
    CHECK(left_by_any_value(std::string(1000000, '(')) == "nothing");
}

TEST_CASE("rest_of_lists skips to the lists' end or the message's", "[imap][cursor]") {
    const auto open = [](std::string_view text, int before) {
        Cursor in{text};
        const auto after = in.rest_of_lists(before);
        return after ? std::to_string(*after) + in.rest().data() : "nothing";
    };
    CHECK(open("(", 0) == "1");
    CHECK(open("((a) ", 0) == "1");
    CHECK(open("((\"a\" NIL ", 0) == "2");
    CHECK(open("(a) b", 0) == "0 b");
    CHECK(open("a) (b) c) d", 2) == "0 d");
    CHECK(open("{1}\r\n) b (", 1) == "2");
    for (const std::string_view text : {"", "(\"a", "(a\r\n", "{3}\r\na"}) {
        CAPTURE(text);
        CHECK(open(text, 0) == "nothing");
    }
}
