#include <string>
#include <vector>

#include "imap/framer.hpp"
#include "tests/catch.hpp"
#include "tests/pieces.hpp"

using imap::Frame;
using imap::Framer;
using imap::Side;

namespace {

/// What a stream says, however it was cut: pieces of one literal or long line are joined.
struct Unit {
    Frame::Kind kind;
    std::string octets;
    bool starts_message;
    bool ends_message;
    std::optional<std::uint64_t> announces;
    bool operator==(const Unit&) const = default;
};

std::ostream& operator<<(std::ostream& out, const Unit& unit) {
    out << (unit.kind == Frame::Kind::line         ? "line"
            : unit.kind == Frame::Kind::line_piece ? "piece"
                                                   : "literal");
    return out << " '" << unit.octets << "' " << unit.starts_message << unit.ends_message << " "
               << (unit.announces ? std::to_string(*unit.announces) : "-");
}

class Units {
public:
    void add(const Frame& frame) {
        if (open_ && units_.back().kind == frame.kind) {
            units_.back().octets += frame.octets;
            units_.back().ends_message = frame.ends_message;
        } else {
            units_.push_back({frame.kind, std::string{frame.octets}, frame.starts_message,
                              frame.ends_message, std::nullopt});
        }
        if (frame.announces) units_.back().announces = frame.announces->octets;
        switch (frame.kind) {
            case Frame::Kind::line:
                open_ = false;
                break;
            case Frame::Kind::line_piece:
                open_ = !frame.octets.ends_with('\n');
                break;
            case Frame::Kind::literal:
                open_ = !frame.ends_literal;
                break;
        }
    }
    const std::vector<Unit>& all() const { return units_; }

private:
    std::vector<Unit> units_;
    bool open_ = false;
};

std::vector<Unit> frames(Side side, const std::vector<std::string_view>& pieces,
                         std::size_t limit) {
    Framer framer{side, limit};
    Units units;
    for (const auto piece : pieces) {
        const std::string copy{piece};  // so that a sanitizer sees what outlives it
        framer.push(copy);
        while (const auto frame = framer.next()) units.add(*frame);
    }
    return units.all();
}

void check_every_split(Side side, std::string_view input, const std::vector<Unit>& expected,
                       std::size_t limit = imap::limits::line) {
    tests::for_every_split(input, [&](const std::vector<std::string_view>& pieces) {
        CHECK(frames(side, pieces, limit) == expected);
    });
}

constexpr auto line = Frame::Kind::line;
constexpr auto piece = Frame::Kind::line_piece;
constexpr auto literal = Frame::Kind::literal;

}  // namespace

TEST_CASE("Framer cuts lines and literals at every split", "[imap][framer]") {
    check_every_split(Side::server, "* 1 FETCH (BODY[] {5}\r\nab\r\nc UID 7)\r\n* 2 EXISTS\r\n",
                      {{line, "* 1 FETCH (BODY[] {5}\r\n", true, false, 5},
                       {literal, "ab\r\nc", false, false, {}},
                       {line, " UID 7)\r\n", false, true, {}},
                       {line, "* 2 EXISTS\r\n", true, true, {}}});
    check_every_split(Side::client, "a LOGIN {3+}\r\nfoo {3}\r\nbar\r\nb NOOP\r\n",
                      {{line, "a LOGIN {3+}\r\n", true, false, 3},
                       {literal, "foo", false, false, {}},
                       {line, " {3}\r\n", false, false, 3},
                       {literal, "bar", false, false, {}},
                       {line, "\r\n", false, true, {}},
                       {line, "b NOOP\r\n", true, true, {}}});
}

TEST_CASE("A literal of no octets is one empty frame", "[imap][framer]") {
    check_every_split(Side::server, "* 1 FETCH (BODY[TEXT] {0}\r\n)\r\n",
                      {{line, "* 1 FETCH (BODY[TEXT] {0}\r\n", true, false, 0},
                       {literal, "", false, false, {}},
                       {line, ")\r\n", false, true, {}}});
}

TEST_CASE("A literal's octets are not read, whatever they say", "[imap][framer]") {
    check_every_split(Side::server, "* 1 FETCH (X {14}\r\n)\r\n* OK {9}\r\n\n)\r\n",
                      {{line, "* 1 FETCH (X {14}\r\n", true, false, 14},
                       {literal, ")\r\n* OK {9}\r\n\n", false, false, {}},
                       {line, ")\r\n", false, true, {}}});
}

TEST_CASE("A status response or continuation request announces no literal", "[imap][framer]") {
    for (const std::string_view text :
         {"* OK text {3}\r\n", "* no {3}\r\n", "* BAD {3}\r\n", "* Bye {3}\r\n",
          "* PREAUTH {3}\r\n", "a1 OK done {3}\r\n", "a1 NO {3}\r\n", "A.1] BAD {3+}\r\n",
          "+ idling {3}\r\n", "+{3}\r\n", "+ {3}\r\n", "* OK {3}\n"}) {
        CAPTURE(text);
        const std::string input = std::string{text} + "* 1 EXISTS\r\n";
        check_every_split(
            Side::server, input,
            {{line, std::string{text}, true, true, {}}, {line, "* 1 EXISTS\r\n", true, true, {}}});
    }
}

TEST_CASE("A client's line announces a literal even if it looks like a status response",
          "[imap][framer]") {
    check_every_split(Side::client, "a OK {1}\r\nx\r\n",
                      {{line, "a OK {1}\r\n", true, false, 1},
                       {literal, "x", false, false, {}},
                       {line, "\r\n", false, true, {}}});
}

TEST_CASE("Only a message's first line is a status response", "[imap][framer]") {
    check_every_split(Side::server, "* X {1}\r\na OK {1}\r\nb\r\n",
                      {{line, "* X {1}\r\n", true, false, 1},
                       {literal, "a", false, false, {}},
                       {line, " OK {1}\r\n", false, false, 1},
                       {literal, "b", false, false, {}},
                       {line, "\r\n", false, true, {}}});
}

TEST_CASE("read_literal_announcement reads what RFC 9051, 7888 and 3516 write", "[imap][framer]") {
    const auto plain = imap::read_literal_announcement("a APPEND x {12}\r\n");
    REQUIRE(plain);
    CHECK(plain->octets == 12);
    CHECK(plain->synchronizing);
    CHECK_FALSE(plain->binary);

    const auto non_synchronizing = imap::read_literal_announcement("{12+}\r\n");
    REQUIRE(non_synchronizing);
    CHECK_FALSE(non_synchronizing->synchronizing);

    const auto binary = imap::read_literal_announcement("BINARY[1] ~{5+}\n");
    REQUIRE(binary);
    CHECK(binary->octets == 5);
    CHECK(binary->binary);

    CHECK(imap::read_literal_announcement("{0000000000000000000000000000000000007}\r\n")->octets ==
          7);
}

TEST_CASE("What is no announcement announces nothing", "[imap][framer]") {
    for (const std::string_view text :
         {"{3} \r\n", "{3}", "{3}\r", "{}\r\n", "{+}\r\n", "{3++}\r\n", "{-3}\r\n", "{3 }\r\n",
          "3}\r\n", "{3}\r\r\n", "{3-}\r\n", "{0x3}\r\n", "\r\n", "\n", "}\r\n", ""}) {
        CAPTURE(text);
        CHECK_FALSE(imap::read_literal_announcement(text));
    }
}

TEST_CASE("IMAP-01: a number above 2^63-1 announces nothing", "[imap][framer]") {
    CHECK(imap::read_literal_announcement("{9223372036854775807}\r\n")->octets ==
          9223372036854775807ull);
    for (const std::string_view text :
         {"{9223372036854775808}\r\n", "{18446744073709551616}\r\n", "{18446744073709551619}\r\n",
          "{99999999999999999999999999999999999}\r\n"}) {
        CAPTURE(text);
        CHECK_FALSE(imap::read_literal_announcement(text));
    }
}

TEST_CASE("IMAP-01: an announced literal costs nothing until it comes", "[imap][framer]") {
    Framer framer{Side::server};
    framer.push("* 1 FETCH (BODY[] {9223372036854775807}\r\nab");
    CHECK(framer.next()->announces->octets == 9223372036854775807ull);
    CHECK(framer.inside_literal());
    const auto frame = framer.next();
    CHECK(frame->octets == "ab");
    CHECK_FALSE(frame->ends_literal);
    CHECK_FALSE(framer.next());
    CHECK(framer.inside_literal());
}

TEST_CASE("A bare LF ends a line and NUL passes", "[imap][framer]") {
    using namespace std::string_literals;
    check_every_split(Side::server, "* X\n* \0Y\r\n\n"s,
                      {{line, "* X\n", true, true, {}},
                       {line, "* \0Y\r\n"s, true, true, {}},
                       {line, "\n", true, true, {}}});
}

TEST_CASE("A line beyond the limit comes in pieces and ends where it ends", "[imap][framer]") {
    check_every_split(
        Side::server, "* 34567890\r\n* 1\r\n",
        {{piece, "* 34567890\r\n", true, true, {}}, {line, "* 1\r\n", true, true, {}}}, 8);
    check_every_split(
        Side::server, "* 3456\r\n* 34567\r\n",
        {{line, "* 3456\r\n", true, true, {}}, {piece, "* 34567\r\n", true, true, {}}}, 8);
}

TEST_CASE("A line beyond the limit still announces its literal", "[imap][framer]") {
    for (const std::string_view announcement :
         {"{2}\r\n", "{2+}\r\n", "~{2}\r\n", "{002}\n", "{}{2}\r\n", "{9999999999999999999999{2}\n",
          "{0000000000000000000000000000000000000000000000000000000000000002}\r\n"}) {
        CAPTURE(announcement);
        const std::string head = "* 4567890" + std::string{announcement};
        check_every_split(Side::server, head + "\r\n)\r\n",
                          {{piece, head, true, false, 2},
                           {literal, "\r\n", false, false, {}},
                           {line, ")\r\n", false, true, {}}},
                          8);
    }
    for (const std::string_view text : {"{2}x\r\n", "{2\r\n", "{99999999999999999999}\r\n",
                                        "{9999999999999999999999999999999999999999}\r\n"}) {
        CAPTURE(text);
        const std::string head = "* 4567890" + std::string{text};
        check_every_split(Side::server, head + "* 1\r\n",
                          {{piece, head, true, true, {}}, {line, "* 1\r\n", true, true, {}}}, 8);
    }
}

TEST_CASE("A status response beyond the limit is known by its beginning", "[imap][framer]") {
    check_every_split(
        Side::server, "* OK 67890{2}\r\n* 1\r\n",
        {{piece, "* OK 67890{2}\r\n", true, true, {}}, {line, "* 1\r\n", true, true, {}}}, 8);
}

TEST_CASE("IMAP-01: an endless line accumulates no more than the limit", "[imap][framer]") {
    Framer framer{Side::server, 100};
    const std::string octets(1000, 'x');
    std::size_t out = 0;
    for (int i = 0; i < 1000; ++i) {
        framer.push(octets);
        while (const auto frame = framer.next()) {
            CHECK(frame->kind == piece);
            out += frame->octets.size();
        }
    }
    CHECK(out == 1000 * 1000);
}

TEST_CASE("A refused literal is forgotten", "[imap][framer]") {
    Framer framer{Side::client};
    framer.push("a APPEND x {3}\r\n");
    CHECK(framer.next()->announces);
    CHECK_FALSE(framer.next());
    framer.cancel_literal();
    CHECK_FALSE(framer.inside_literal());
    framer.push("b NOOP\r\n");
    const auto frame = framer.next();
    REQUIRE(frame);
    CHECK(frame->octets == "b NOOP\r\n");
    CHECK(frame->starts_message);
    CHECK(frame->ends_message);
}

TEST_CASE("More may be pushed before all frames are taken", "[imap][framer]") {
    Framer framer{Side::client};
    framer.push("a NOOP\r\nb NO");
    CHECK(framer.next()->octets == "a NOOP\r\n");
    framer.push("OP\r\nc ");
    framer.push("NOOP\r\n");
    CHECK(framer.next()->octets == "b NOOP\r\n");
    CHECK(framer.next()->octets == "c NOOP\r\n");
    CHECK_FALSE(framer.next());
}

TEST_CASE("Whole lines and literals are views of the input", "[imap][framer]") {
    const std::string input = "* 1 FETCH (BODY[] {3}\r\nabc)\r\n";
    Framer framer{Side::server};
    framer.push(input);
    std::size_t at = 0;
    while (const auto frame = framer.next()) {
        CHECK(frame->octets.data() == input.data() + at);
        at += frame->octets.size();
    }
    CHECK(at == input.size());
}
