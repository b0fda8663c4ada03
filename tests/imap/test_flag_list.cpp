#include "imap/flag_list.hpp"

#include "tests/catch.hpp"

namespace {

/// The lists of a response of several lines, literals left out.
std::vector<std::string> lists(const std::vector<std::string>& lines,
                               std::uint32_t uid_expected = 0) {
    imap::FetchFlagsReader reader;
    std::vector<std::string> found;
    REQUIRE(reader.begin(lines.front()));
    for (std::size_t i = 0; i < lines.size(); ++i) {
        if (i > 0) reader.go_on(lines[i]);
        for (const auto& place : reader.lists())
            found.push_back(lines[i].substr(place.offset, place.size));
    }
    CHECK((reader.uid() ? reader.uid()->value() : 0) == uid_expected);
    return found;
}

}  // namespace

TEST_CASE("the flag lists of FETCH responses", "[imap][flags]") {
    using V = std::vector<std::string>;
    CHECK(lists({"* 1 FETCH (FLAGS (\\Seen a]b) UID 7)\r\n"}, 7) == V{"(\\Seen a]b)"});
    CHECK(lists({"* 1 fetch (uid 9 flags () RFC822.SIZE 3)\r\n"}, 9) == V{"()"});
    CHECK(lists({"* 1 FETCH (BODY[HEADER.FIELDS (FLAGS (X) UID 5)] {3}\r\n", " FLAGS (x))\r\n"}) ==
          V{"(x)"});
    CHECK(lists({"* 1 FETCH (ENVELOPE (\"FLAGS (a)\" {5}\r\n",
                 " FLAGS (b) \"(\\\"\") FLAGS (c))\r\n"}) == V{"(c)"});
    CHECK(lists({"* 1 FETCH (UID 3 BODY[] {10}\r\n", " FLAGS (\\Seen) MODSEQ (5))\r\n"}, 3) ==
          V{"(\\Seen)"});
    CHECK(lists({"* 1 FETCH (FLAGS (a) FLAGS (b))\r\n"}) == V{"(a)", "(b)"});
    CHECK(lists({"* 1 FETCH (BODY (FLAGS (a)) X \"FLAGS (\")\r\n"}).empty());
    CHECK(lists({"* 1 FETCH (FLAGS (a\r\n"}).empty());
    CHECK(lists({"* 1 FETCH (FLAGS \"x\")\r\n"}).empty());
    CHECK(lists({"* 1 FETCH (UID 99999999999 FLAGS (a))\r\n"}) == V{"(a)"});
    imap::FetchFlagsReader reader;
    for (const std::string line :
         {"* 1 EXISTS\r\n", "* FLAGS (a)\r\n", "a OK (FLAGS (a))\r\n", "", "* 1 FETCH\r\n"})
        CHECK(!reader.begin(line));
}

TEST_CASE("a mailbox's flag lists", "[imap][flags]") {
    const auto text = [](std::string_view line, const std::optional<imap::FlagListPlace>& place) {
        return place ? std::string{line.substr(place->offset, place->size)} : "none";
    };
    const auto flags = [&](std::string_view line) {
        return text(line, imap::find_mailbox_flags(line));
    };
    const auto permanent = [&](std::string_view line) {
        return text(line, imap::find_permanent_flags(line));
    };
    CHECK(flags("* FLAGS (\\Seen x)\r\n") == "(\\Seen x)");
    CHECK(flags("* flags ()\r\n") == "()");
    CHECK(flags("* FLAGS x\r\n") == "none");
    CHECK(flags("* LIST (x) \"/\" FLAGS\r\n") == "none");
    CHECK(permanent("* OK [PERMANENTFLAGS (\\Seen \\*)] Flags permitted.\r\n") == "(\\Seen \\*)");
    CHECK(permanent("* OK [permanentflags ()] x\r\n") == "()");
    CHECK(permanent("* OK [UIDNEXT 3] (x)\r\n") == "none");
}

TEST_CASE("an edited flag list", "[imap][flags]") {
    const auto keep = [](std::string_view flag) { return flag != "b"; };
    CHECK(imap::edited_flag_list("(a b c)", keep, {}) == "(a c)");
    CHECK(imap::edited_flag_list("(b)", keep, {}) == "()");
    CHECK(imap::edited_flag_list("()", keep, {"x", "y"}) == "(x y)");
    CHECK(imap::edited_flag_list("( a  b )", keep, {"x"}) == "(a x)");
}

TEST_CASE("RFC 9586: FetchFlagsReader reads UIDFETCH", "[imap][flag_list]") {
    imap::FetchFlagsReader reader;
    REQUIRE(reader.begin("* 7 UIDFETCH (FLAGS (a))\r\n"));
    CHECK(reader.number().value() == 0);
    REQUIRE(reader.uid());
    CHECK(reader.uid()->value() == 7);
    CHECK(reader.lists().size() == 1);
}
