#include "smime/charset.hpp"

#include <string>

#include "tests/catch.hpp"

using namespace std::string_literals;

TEST_CASE("any charset comes out in UTF-8", "[smime][html]") {
    const auto utf8 = [](std::string_view octets, std::string_view charset) {
        return std::string{smime::to_utf8(octets, charset)};
    };
    CHECK(utf8("Gr\xfc\xdf"
               "e",
               "ISO-8859-1") ==
          "Gr\xc3\xbc\xc3\x9f"
          "e");
    CHECK(utf8("\x80", "iso-8859-1") == "\xe2\x82\xac");
    CHECK(utf8("Gr\xc3\xbc\xc3\x9f"
               "e",
               "us-ascii") ==
          "Gr\xc3\xbc\xc3\x9f"
          "e");
    CHECK(utf8("Gr\xfc\xdf"
               "e",
               "utf-8") ==
          "Gr\xc3\xbc\xc3\x9f"
          "e");
    CHECK(utf8("Gr\xfc\xdf"
               "e",
               "unheard-of") ==
          "Gr\xc3\xbc\xc3\x9f"
          "e");
    CHECK(utf8("+ADw-b+AD4-", "UTF-7") == "<b>");
    CHECK(utf8("\xff\xfe<\0b\0>\0"s, "utf-8") == "<b>");
    CHECK(utf8("\xfe\xff\0<\0b\0>"s, "") == "<b>");
    CHECK(utf8("<\0b\0>\0"s, "utf-16") == "<b>");
    CHECK(utf8("\0<\0b\0>"s, "UTF-16BE") == "<b>");
    CHECK(utf8("\xef\xbb\xbf"
               "<b>",
               "utf-16") == "<b>");
    CHECK(utf8("\x1b$B\x46\x7c\x4b\x5c\x1b(B<", "iso-2022-jp") == "\xe6\x97\xa5\xe6\x9c\xac<");
    CHECK(utf8("\x93\xfa\x96\x7b", "Shift_JIS") == "\xe6\x97\xa5\xe6\x9c\xac");
    CHECK(utf8("\xc8\xd5\xb1\xbe", "gb2312") == "\xe6\x97\xa5\xe6\x9c\xac");
    CHECK(utf8("\xf0\xf2", "koi8-r") == "\xd0\x9f\xd0\xa0");
    CHECK(utf8("a\0b", "utf-16le").ends_with("\xef\xbf\xbd"));
    CHECK(utf8("a\x1b$B\x80\x1b(B<b>", "iso-2022-jp").find("<b>") != std::string::npos);
    CHECK(utf8(std::string(20'000, '\xfc'), "iso-8859-1").size() == 40'000);

    CHECK(smime::charset_named_in_html("<meta charset=koi8-r>") == "koi8-r");
    CHECK(smime::charset_named_in_html("<META content='text/html; CharSet = \"big5\"'>") == "big5");
    CHECK(smime::charset_named_in_html("<meta charset=utf-16>") == "utf-8");
    CHECK(smime::charset_named_in_html("charset") == "");
    CHECK(smime::charset_named_in_html(std::string(1024, ' ') + "charset=big5") == "");
}
