#include <string>

#include "imap/response.hpp"
#include "tests/catch.hpp"

using imap::read_response;
using Kind = imap::Response::Kind;
using Condition = imap::Response::Condition;

TEST_CASE("read_response tells what kind of line it is", "[imap][response]") {
    const auto kind = [](std::string_view line) {
        const auto response = read_response(line);
        REQUIRE(response);
        return response->kind;
    };
    CHECK(kind("+ idling\r\n") == Kind::continuation);
    CHECK(kind("+\r\n") == Kind::continuation);
    CHECK(kind("+ \r\n") == Kind::continuation);
    CHECK(kind("a1 OK done\r\n") == Kind::tagged);
    CHECK(kind("* OK ready\r\n") == Kind::status);
    CHECK(kind("* bye\r\n") == Kind::status);
    CHECK(kind("* PREAUTH hello\r\n") == Kind::status);
    CHECK(kind("* CAPABILITY IMAP4rev1\r\n") == Kind::capability);
    CHECK(kind("* 3 EXISTS\r\n") == Kind::exists);
    CHECK(kind("* 3 Expunge\r\n") == Kind::expunge);
    CHECK(kind("* 3 FETCH (UID 3)\r\n") == Kind::fetch);
    CHECK(kind("* VANISHED (EARLIER) 1:3\r\n") == Kind::vanished);
    CHECK(kind("* 3 RECENT\r\n") == Kind::other);
    CHECK(kind("* LIST () \"/\" OK\r\n") == Kind::other);
    CHECK(kind("* OKAY\r\n") == Kind::other);
    CHECK(kind("* 99999999999 EXISTS\r\n") == Kind::other);
    CHECK(kind("* \r\n") == Kind::other);
}

TEST_CASE("read_response reads tags, conditions and codes", "[imap][response]") {
    auto response = read_response("a.1] no [TryCreate] no such mailbox\r\n");
    REQUIRE(response);
    CHECK(response->kind == Kind::tagged);
    CHECK(response->tag == "a.1]");
    CHECK(response->condition == Condition::no);
    CHECK(response->code == "TRYCREATE");
    CHECK(response->code_arguments.empty());

    response = read_response("* OK [UIDVALIDITY 1795433234] UIDs valid\r\n");
    REQUIRE(response);
    CHECK(response->condition == Condition::ok);
    CHECK(response->code == "UIDVALIDITY");
    CHECK(response->code_arguments == "1795433234");

    response = read_response("* OK [PERMANENTFLAGS (\\Seen \\*)] ok\r\n");
    REQUIRE(response);
    CHECK(response->code_arguments == "(\\Seen \\*)");

    response = read_response("* OK [no end\r\n");
    REQUIRE(response);
    CHECK(response->kind == Kind::status);
    CHECK(response->code.empty());

    response = read_response("* 17 FETCH (UID 3)\r\n");
    REQUIRE(response);
    CHECK(response->number == 17);
    CHECK(read_response("* 17 RECENT\r\n")->number == 0);
}

TEST_CASE("What is no response is not read", "[imap][response]") {
    for (const std::string_view line :
         {"", "\r\n", "*\r\n", "*X\r\n", "a1\r\n", "a1 \r\n", "a1 DONE\r\n", "a1 BYE\r\n",
          "a1 PREAUTH\r\n", "a1 OKAY\r\n", "{3}\r\n", "a1  OK\r\n"}) {
        CAPTURE(line);
        CHECK_FALSE(read_response(line));
    }
}
