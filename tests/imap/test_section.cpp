#include <string>

#include "imap/section.hpp"
#include "tests/catch.hpp"

using imap::SectionSpec;
using imap::SectionText;

namespace {

std::optional<SectionSpec> read(std::string_view text) {
    imap::Cursor in{text};
    auto section = imap::read_section(in);
    if (section)
        CHECK(in.at_end());
    else
        CHECK(in.rest() == text);
    return section;
}

std::string written(const SectionSpec& section) {
    imap::Writer out;
    imap::write_section(out, section);
    return out.take();
}

std::optional<imap::Partial> partial(std::string_view text) {
    imap::Cursor in{text};
    return imap::read_partial(in);
}

}  // namespace

TEST_CASE("A section is read and written", "[imap][section]") {
    for (const std::string_view text :
         {"[]", "[HEADER]", "[TEXT]", "[1]", "[1.2.3]", "[4294967295]", "[1.MIME]", "[1.2.HEADER]",
          "[2.TEXT]", "[HEADER.FIELDS (From To)]", "[HEADER.FIELDS.NOT (From)]",
          "[1.HEADER.FIELDS (Date)]", "[HEADER.FIELDS ()]", "[HEADER.FIELDS (\"a b\")]",
          "[HEADER.FIELDS (\"a]b\" a]b \"To\")]", "[HEADER.FIELDS (\"\")]", "[0]", "[1.0.MIME]"}) {
        CAPTURE(text);
        REQUIRE(read(text));
        CHECK(written(*read(text)) == text);
    }
    CHECK(read("[1.2.HEADER]") == SectionSpec{{1, 2}, SectionText::header, {}});
    CHECK(read("[header.fields (from TO)]") ==
          SectionSpec{{}, SectionText::header_fields, {"from", "TO"}, {false, false}});
    CHECK(read("[HEADER.FIELDS  ( From  \"To\" {2}\r\nCc ) ]") ==
          SectionSpec{{}, SectionText::header_fields, {"From", "To", "Cc"}, {false, true, true}});
}

TEST_CASE("What is no section is not read", "[imap][section]") {
    for (const std::string_view text :
         {"", "[", "]", "[1", "[MIME]", "[1.]", "[.1]", "[1..2]", "[a]", "[HEADER.FIELDS]",
          "[HEADER.FIELDS (a]", "[TEXT.1]", "[HEADER.1]", "[HEADERS]", "[1 ]", "[ ]",
          "[4294967296]", "[1.FOO]", "[HEADER.FIELDS (a\"b\")]"}) {
        CAPTURE(text);
        CHECK_FALSE(read(text));
    }
}

TEST_CASE("A partial is read", "[imap][section]") {
    CHECK(partial("<0.0>") == imap::Partial{0, 0});
    CHECK(partial("<0.100>") == imap::Partial{0, 100});
    CHECK(partial("<65536.9223372036854775807>") == imap::Partial{65536, 9223372036854775807u});
    for (const std::string_view text :
         {"", "<0>", "<0.>", "<.1>", "<0.1", "<-1.2>", "<0.1.2>", "<0.9223372036854775808>"}) {
        CAPTURE(text);
        CHECK_FALSE(partial(text));
    }
}
