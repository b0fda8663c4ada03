#include <string>

#include "imap/sequence_set.hpp"
#include "tests/catch.hpp"

using imap::SequenceSet;

namespace {

std::optional<SequenceSet> read(std::string_view text) {
    imap::Cursor in{text};
    auto set = imap::read_sequence_set(in);
    if (set)
        CHECK(in.at_end());
    else
        CHECK(in.rest() == text);
    return set;
}

}  // namespace

TEST_CASE("A sequence set is read and written", "[imap][sequence_set]") {
    for (const std::string_view text : {"1", "*", "1:*", "1:4,7,12:*", "4294967294", "3,2,1"}) {
        CAPTURE(text);
        REQUIRE(read(text));
        CHECK(read(text)->text() == text);
    }
    CHECK(read("4:2")->text() == "2:4");
    CHECK(read("*:3")->text() == "3:*");
    CHECK(read("5:5")->text() == "5");
    CHECK(read("*:*")->text() == "*");
    CHECK(read("$")->text() == "$");
    CHECK(read("$")->is_saved_result());
    CHECK_FALSE(read("$")->empty());
    CHECK_FALSE(read("1")->is_saved_result());
}

TEST_CASE("What is no sequence set is not read", "[imap][sequence_set]") {
    for (const std::string_view text :
         {"", "0", "a", "1:", ":1", "1,", ",1", "1:0", "4294967296", "1:18446744073709551617"}) {
        CAPTURE(text);
        CHECK_FALSE(read(text));
    }
}

TEST_CASE("* is the largest number, even below the other end", "[imap][sequence_set]") {
    CHECK(read("5:*")->contains(3, 3));
    CHECK(read("5:*")->contains(4, 3));
    CHECK_FALSE(read("5:*")->contains(2, 3));
    CHECK(read("5:*")->contains(9, 9));
    CHECK(read("*")->contains(9, 9));
    CHECK_FALSE(read("*")->contains(8, 9));
    CHECK(read("1:4,7")->contains(7, 100));
    CHECK_FALSE(read("1:4,7")->contains(5, 100));
}

TEST_CASE("2^32-1 is not *", "[imap][sequence_set]") {
    CHECK_FALSE(read("500:4294967295")->contains(10, 10));
    CHECK(read("500:4294967295")->contains(600, 700));
    CHECK(read("500:4294967295")->text() == "500:4294967294");
}

TEST_CASE("A set of one number is known", "[imap][sequence_set]") {
    CHECK(read("7")->single() == 7u);
    CHECK(read("7:7")->single() == 7u);
    CHECK_FALSE(read("*")->single());
    CHECK_FALSE(read("7,8")->single());
    CHECK_FALSE(read("7:8")->single());
    CHECK_FALSE(SequenceSet{}.single());
}

TEST_CASE("Numbers join the range that they continue", "[imap][sequence_set]") {
    SequenceSet set;
    CHECK(set.empty());
    for (const std::uint32_t number : {1u, 2u, 3u, 5u, 4u, 5u}) set.add(number);
    CHECK(set.text() == "1:3,5,4:5");
    CHECK(set.contains(5, 5));
}
