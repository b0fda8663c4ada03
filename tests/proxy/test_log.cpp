#include <string>
#include <type_traits>

#include "proxy/log.hpp"
#include "proxy/nearest.hpp"
#include "tests/catch.hpp"

using proxy::log::one_line;

TEST_CASE("a line of the log can't be broken or reordered by what it says (KEY-05)", "[log]") {
    CHECK(one_line("plain text, with umlauts äöü and € and 😀") ==
          "plain text, with umlauts äöü and € and 😀");
    CHECK(one_line("a\r\nINFO: b") == "a\\r\\nINFO: b");
    CHECK(one_line("a\tb") == "a\\tb");
    CHECK(one_line(std::string_view{"a\0b", 3}) == "a\\x00b");
    CHECK(one_line("\x1b[31mred\x7f") == "\\x1b[31mred\\x7f");
    CHECK(one_line("\xc2\x85") == "\\xc2\\x85");             // NEL
    CHECK(one_line("\xe2\x80\xa8x") == "\\xe2\\x80\\xa8x");  // line separator
    CHECK(one_line("\xe2\x80\xae") == "\\xe2\\x80\\xae");    // right-to-left override
    CHECK(one_line("\xe2\x81\xa6") == "\\xe2\\x81\\xa6");    // isolate
}

TEST_CASE("octets that are not UTF-8 are escaped one by one (RFC 3629)", "[log]") {
    CHECK(one_line("\xff") == "\\xff");
    CHECK(one_line("\x80z") == "\\x80z");
    CHECK(one_line("\xc3") == "\\xc3");                             // cut off
    CHECK(one_line("\xc0\xaf") == "\\xc0\\xaf");                    // overlong
    CHECK(one_line("\xe0\x80\xaf") == "\\xe0\\x80\\xaf");           // overlong
    CHECK(one_line("\xed\xa0\x80") == "\\xed\\xa0\\x80");           // a surrogate
    CHECK(one_line("\xf4\x90\x80\x80") == "\\xf4\\x90\\x80\\x80");  // beyond U+10FFFF
    CHECK(one_line("\xf0\x9f\x98z") == "\\xf0\\x9f\\x98z");
}

TEST_CASE("an overlong line is cut", "[log]") {
    const auto line = one_line(std::string(100'000, 'x'));
    CHECK(line.size() < 10'000);
    CHECK(line.ends_with(" …"));
}

TEST_CASE("levels have names", "[log]") {
    for (const auto* name : {"error", "warn", "info", "debug", "trace"}) {
        CHECK(proxy::log::level_named(name));
    }
    CHECK_FALSE(proxy::log::level_named("INFO"));
    CHECK_FALSE(proxy::log::level_named(""));
}

TEST_CASE("lines below the level are not formed", "[log]") {
    using proxy::log::Level;
    proxy::log::set_level(Level::warn);
    CHECK(proxy::log::writes(Level::error));
    CHECK(proxy::log::writes(Level::warn));
    CHECK_FALSE(proxy::log::writes(Level::info));
    proxy::log::set_level(Level::trace);
    CHECK(proxy::log::writes(Level::trace));
    proxy::log::set_level(Level::info);
}

namespace {
template <class Text>
concept Loggable = requires(const Text& text) {
    proxy::log::error(text);
};
static_assert(Loggable<std::string>);
static_assert(!Loggable<keystore::SecretBytes>, "a secret is never logged (KEY-05)");
}  // namespace

TEST_CASE("edit_distance counts letters added, missing, wrong and swapped", "[config]") {
    using proxy::edit_distance;
    CHECK(edit_distance("", "") == 0);
    CHECK(edit_distance("listen", "listen") == 0);
    CHECK(edit_distance("Listen", "listen") == 0);
    CHECK(edit_distance("lsten", "listen") == 1);
    CHECK(edit_distance("liisten", "listen") == 1);
    CHECK(edit_distance("lixten", "listen") == 1);
    CHECK(edit_distance("litsen", "listen") == 1);
    CHECK(edit_distance("", "abc") == 3);
    CHECK(edit_distance("kitten", "sitting") == 3);
}

TEST_CASE("nearest gives a known word only for one that is near", "[config]") {
    constexpr std::string_view known[] = {"run", "check", "open", "version"};
    CHECK(proxy::nearest("chekc", known) == "check");
    CHECK(proxy::nearest("versoin", known) == "version");
    CHECK(proxy::nearest("opne", known) == "open");
    CHECK_FALSE(proxy::nearest("frobnicate", known));
    CHECK_FALSE(proxy::nearest("", known));
    CHECK_FALSE(proxy::nearest(std::string(100'000, 'a'), known));
}
