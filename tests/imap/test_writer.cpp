#include <random>
#include <string>

#include "imap/cursor.hpp"
#include "imap/framer.hpp"
#include "imap/writer.hpp"
#include "tests/catch.hpp"

using imap::Cursor;
using imap::Writer;
using namespace std::string_literals;

namespace {

std::string written(std::string_view octets) {
    Writer out;
    out.quoted_or_literal(octets);
    return out.take();
}

std::string for_people(std::string_view text) {
    Writer out;
    out.text_for_people(text);
    return out.take();
}

std::string unfolded(std::string_view text) {
    Writer out;
    out.unfolded(text);
    return out.take();
}

/// Octets of which many mean something.
std::string random_octets(std::mt19937& random) {
    static constexpr std::string_view meaning = "\r\n\"\\(){}[]<>*%+~ 019NIL\xe4";
    std::string octets(random() % 40, ' ');
    for (char& c : octets)
        c = random() % 2 ? meaning[random() % meaning.size()]
                         : static_cast<char>(random() % 255 + 1);
    return octets;
}

}  // namespace

TEST_CASE("A string is quoted where that can hold it, a literal else", "[imap][writer]") {
    CHECK(written("a b") == "\"a b\"");
    CHECK(written("") == "\"\"");
    CHECK(written("NIL") == "\"NIL\"");
    CHECK(written("a\"b\\") == "\"a\\\"b\\\\\"");
    CHECK(written("a\tb\x01") == "\"a\tb\x01\"");
    CHECK(written("a\rb") == "{3}\r\na\rb");
    CHECK(written("a\nb") == "{3}\r\na\nb");
    CHECK(written("\xc3\xa4") == "{2}\r\n\xc3\xa4");
    CHECK(written("\"\"\"\"") == "\"\\\"\\\"\\\"\\\"\"");
    CHECK(written("\"\"\"\"\"") == "{5}\r\n\"\"\"\"\"");
}

TEST_CASE("IMAP-03: no octets of a mail end a line or leave their string", "[imap][writer]") {
    const auto attack = written("\"\r\n* 1 EXPUNGE\r\n");
    CHECK(attack == "{16}\r\n\"\r\n* 1 EXPUNGE\r\n");
    imap::Framer framer{imap::Side::server};
    const std::string line = "* 1 FETCH (ENVELOPE (NIL " + attack + "))\r\n";
    framer.push(line);
    std::size_t messages = 0;
    while (const auto frame = framer.next()) messages += frame->ends_message;
    CHECK(messages == 1);
}

TEST_CASE("IMAP-03: what Writer writes, Cursor reads", "[imap][writer]") {
    std::mt19937 random{20261123};
    for (int i = 0; i < 20000; ++i) {
        const auto octets = random_octets(random);
        const auto text = written(octets) + " rest";
        Cursor in{text};
        const auto read = in.string();
        REQUIRE(read);
        CHECK(*read == octets);
        CHECK(in.rest() == " rest");
        Cursor skipped{text};
        skipped.any_value();
        CHECK(skipped.rest() == " rest");
    }
}

TEST_CASE("IMAP-03: text for people and unfolded text stay one string", "[imap][writer]") {
    std::mt19937 random{20261123};
    for (int i = 0; i < 20000; ++i) {
        const auto octets = random_octets(random);
        for (const auto& text : {for_people(octets), unfolded(octets)}) {
            Cursor in{text};
            const auto read = in.string();
            REQUIRE(read);
            CHECK(in.at_end());
            CHECK(read->find_first_of("\r\n\0", 0, 3) == std::string::npos);
        }
        CHECK(for_people(*Cursor{for_people(octets)}.string()).size() <= for_people(octets).size());
    }
}

TEST_CASE("Text for people is written as Dovecot writes it", "[imap][writer]") {
    CHECK(for_people("a b") == "\"a b\"");
    CHECK(for_people("") == "\"\"");
    CHECK(for_people(" \t\r\n ") == "\"\"");
    CHECK(for_people("a  b") == "{3}\r\na b");
    CHECK(for_people(" a\tb\r\n c ") == "{5}\r\na b c");
    CHECK(for_people("a\"b") == "{3}\r\na\"b");
    CHECK(for_people("\xc3\xa4") == "{2}\r\n\xc3\xa4");
    CHECK(for_people("a\0b"s) ==
          "{3}\r\na\x80"
          "b");
}

TEST_CASE("Unfolded text has no line ends", "[imap][writer]") {
    CHECK(unfolded("a b") == "\"a b\"");
    CHECK(unfolded("a\r\n b") == "\"a b\"");
    CHECK(unfolded("a\r\nb") == "\"a b\"");
    CHECK(unfolded("a\nb\r\n") == "\"a b\"");
    CHECK(unfolded("a\r\n\r\n\tb") == "\"a\tb\"");
}

TEST_CASE("Numbers and NIL", "[imap][writer]") {
    Writer out;
    out.reserve_more(1000);
    out.number(18446744073709551615u);
    out.sp();
    out.nil();
    CHECK(out.octets() == "18446744073709551615 NIL");
}
