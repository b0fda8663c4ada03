#include <chrono>
#include <string>
#include <vector>

#include "proxy/command_at.hpp"
#include "proxy/config.hpp"
#include "proxy/unlock_command.hpp"
#include "proxy/unlock_line.hpp"
#include "tests/catch.hpp"
#include "tests/pieces.hpp"

using namespace std::chrono_literals;

namespace {

keystore::BytesView octets(std::string_view text) {
    return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

/// What a command is refused with; fails if it is not.
std::string refusal(const std::string& command, std::chrono::milliseconds limit) {
    try {
        proxy::passphrase_from_command(command, limit);
    } catch (const proxy::ConfigError& error) {
        return error.what();
    }
    return {};
}

}  // namespace

TEST_CASE("FirstLine takes the first line in any pieces", "[unlock]") {
    for (const auto& [text, line] : std::vector<std::pair<std::string, std::string>>{
             {"", ""},
             {"\n", ""},
             {"secret", "secret"},
             {"secret\n", "secret"},
             {"secret\r\nmore\n", "secret"},
             {" se cret \n\n", " se cret "},
             {"\nsecret", ""},
         }) {
        tests::for_every_split(text, [&](const std::vector<std::string_view>& pieces) {
            proxy::FirstLine first;
            for (const auto piece : pieces) REQUIRE(first.add(octets(piece)));
            REQUIRE(first.take().expose_text() == line);
        });
    }
}

TEST_CASE("FirstLine refuses a line beyond its limit, not what follows a line", "[unlock]") {
    proxy::FirstLine first;
    CHECK(first.add(octets(std::string(proxy::FirstLine::limit, 'x'))));
    CHECK_FALSE(first.add(octets("x")));
    CHECK(first.add(octets("\n")));
    CHECK(first.add(octets(std::string(100'000, 'y'))));
    CHECK(first.take().size() == proxy::FirstLine::limit);
}

TEST_CASE("a command that does not end in time is killed with what it started", "[unlock]") {
    const auto begin = std::chrono::steady_clock::now();
    for (const auto* command : {
             "sleep 60",
             "echo secret; sleep 60",
             "sleep 60; true",
             "trap '' TERM INT HUP; sleep 60; sleep 60",
             "exec >&-; sleep 60",
             "while :; do echo secret; done",
         }) {
        INFO(command);
        CHECK(refusal(command, 200ms).find("it did not end within 1 seconds") != std::string::npos);
    }
    CHECK(std::chrono::steady_clock::now() - begin < 20s);
}

TEST_CASE("a command's passphrase is its first line", "[unlock]") {
    CHECK(proxy::passphrase_from_command("echo secret; echo more", 30s).expose_text() == "secret");
    CHECK(proxy::passphrase_from_command("sleep 0.1; printf se; sleep 0.1; printf cret", 30s)
              .expose_text() == "secret");
}

TEST_CASE("a command's failure tells how it ended", "[unlock]") {
    CHECK(refusal("exit 7", 30s).find("it ended with exit status 7") != std::string::npos);
    CHECK(refusal("kill -TERM $$", 30s).find("it was ended by signal 15") != std::string::npos);
    CHECK(refusal("cat", 30s).find("its first line of output is empty") != std::string::npos);
    CHECK(refusal("echo secret; exit 1", 30s).find("secret") == std::string::npos);
}

TEST_CASE("parse_time reads RFC 3339 and days", "[open]") {
    using proxy::parse_time;
    const auto at = [](long long seconds) {
        return std::chrono::sys_seconds{std::chrono::seconds{seconds}};
    };
    CHECK(parse_time("1970-01-01") == at(0));
    CHECK(parse_time("2026-11-23") == at(1795392000));
    CHECK(parse_time("2026-11-23T10:00:00Z") == at(1795428000));
    CHECK(parse_time("2026-11-23T10:00:00.999z") == at(1795428000));
    CHECK(parse_time("2026-11-23 11:30:00+01:30") == at(1795428000));
    CHECK(parse_time("2026-11-22t22:00:00-12:00") == at(1795428000));
    CHECK(parse_time("1900-02-28T23:59:59Z") == at(-2203891201));
    CHECK(parse_time("2016-12-31T23:59:60Z") == parse_time("2017-01-01"));
    for (const auto* text : {"",
                             "2026",
                             "2026-11",
                             "2026-11-",
                             "2026-11-31",
                             "2025-02-29",
                             "2026-00-01",
                             "2026-11-00",
                             "-026-11-23",
                             "2026-11-23T",
                             "2026-11-23T10",
                             "2026-11-23T10:00Z",
                             "2026-11-23T10:00:00",
                             "2026-11-23T24:00:00Z",
                             "2026-11-23T10:60:00Z",
                             "2026-11-23T10:00:61Z",
                             "2026-11-23T10:00:00.Z",
                             "2026-11-23T10:00:00+24:00",
                             "2026-11-23T10:00:00+01",
                             "2026-11-23T10:00:00Z ",
                             "2026/11/23",
                             "+2026-11-23"}) {
        INFO(text);
        CHECK_FALSE(parse_time(text));
    }
}
