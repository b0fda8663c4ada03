#include <string>

#include "imap/response.hpp"
#include "imap/search_response.hpp"
#include "imap/uid_validity.hpp"
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

TEST_CASE("where a UIDVALIDITY stands in a status response", "[imap][uidvalidity]") {
    const auto changed = [](std::string_view line) -> std::string {
        const auto response = read_response(line);
        REQUIRE(response);
        const auto place = imap::find_code_uid_validity(line, *response);
        if (!place) return "none";
        CHECK(place->value.value() == std::stoul(std::string{line.substr(place->offset)}));
        return imap::with_uid_validity(line, *place, imap::UidValidity{4000000000});
    };
    CHECK(changed("* OK [UIDVALIDITY 17] UIDs valid 17\r\n") ==
          "* OK [UIDVALIDITY 4000000000] UIDs valid 17\r\n");
    CHECK(changed("a ok [uidvalidity 4294967295 ]\r\n") == "a ok [uidvalidity 4000000000 ]\r\n");
    CHECK(changed("a OK [APPENDUID 38505 3955] done\r\n") ==
          "a OK [APPENDUID 4000000000 3955] done\r\n");
    CHECK(changed("* OK [COPYUID 1 304,319:320 1:3] done\r\n") ==
          "* OK [COPYUID 4000000000 304,319:320 1:3] done\r\n");
    for (const std::string_view line :
         {"* OK [UIDVALIDITY 0] x\r\n", "* OK [UIDVALIDITY 4294967296] x\r\n",
          "* OK [UIDVALIDITY -1] x\r\n", "* OK [UIDVALIDITY 1x] x\r\n", "* OK [UIDVALIDITY] x\r\n",
          "* OK [UIDNEXT 5] x\r\n", "* OK UIDVALIDITY 5\r\n", "* OK [UIDVALIDITY 5\r\n"}) {
        CAPTURE(line);
        CHECK(changed(line) == "none");
    }
}

TEST_CASE("where a UIDVALIDITY stands in a STATUS response", "[imap][uidvalidity]") {
    const auto changed = [](std::string_view response, std::string_view mailbox) -> std::string {
        const auto found = imap::find_status_uid_validity(response);
        if (!found) return "none";
        CHECK(found->mailbox == mailbox);
        return imap::with_uid_validity(response, found->place, imap::UidValidity{1});
    };
    CHECK(changed("* STATUS blurdybloop (MESSAGES 231 UIDVALIDITY 44)\r\n", "blurdybloop") ==
          "* STATUS blurdybloop (MESSAGES 231 UIDVALIDITY 1)\r\n");
    CHECK(changed("* status \"a \\\"b\" (uidvalidity 7 UIDNEXT 8 )\r\n", "a \"b") ==
          "* status \"a \\\"b\" (uidvalidity 1 UIDNEXT 8 )\r\n");
    CHECK(
        changed("* STATUS {5}\r\nINBOX (MAILBOXID (UIDVALIDITY 3) UIDVALIDITY 44)\r\n", "INBOX") ==
        "* STATUS {5}\r\nINBOX (MAILBOXID (UIDVALIDITY 3) UIDVALIDITY 1)\r\n");
    for (const std::string_view response :
         {"* STATUS x (MESSAGES 1)\r\n", "* STATUS x ()\r\n", "* STATUS x (UIDVALIDITY)\r\n",
          "* STATUS x (UIDVALIDITY 0)\r\n", "* STATUS x (UIDVALIDITY 99999999999)\r\n",
          "* STATUS x UIDVALIDITY 5\r\n", "* STATUS {9}\r\nx", "* STATUS\r\n",
          "* STATUS a b (UIDVALIDITY 5)\r\n", "* LIST (UIDVALIDITY 5)\r\n"}) {
        CAPTURE(response);
        CHECK(changed(response, "x") == "none");
    }
}

TEST_CASE("search results are read in each of their forms", "[imap][search]") {
    using Numbers = std::vector<std::uint32_t>;
    const auto numbers = [](const std::string& line) {
        const auto read = imap::read_search_response(line + "\r\n");
        return read ? read->numbers : Numbers{0};
    };
    CHECK(numbers("* SEARCH 5 2 3") == Numbers{5, 2, 3});
    CHECK(numbers("* search") == Numbers{});
    CHECK(numbers("* SORT 9 4 ") == Numbers{9, 4});
    CHECK(numbers("* ESEARCH (TAG \"a\") UID COUNT 4 ALL 3:5,1 MODSEQ 9") == Numbers{3, 4, 5, 1});
    CHECK(numbers("* ESEARCH (TAG \"a\")") == Numbers{});
    for (const std::string wrong :
         {"* SEARCH 0", "* SEARCH 1,2", "* SEARCH 4294967296", "* SEARCH 1 (MODSEQ)", "* FLAGS ()",
          "* ESEARCH ALL 1:*", "* ESEARCH ALL 1:4294967294", "* ESEARCH COUNT", "SEARCH 1"})
        CHECK(numbers(wrong) == Numbers{0});
    CHECK(imap::read_search_response("* SEARCH 2 5 (MODSEQ 917162500)\r\n")->modseq == 917162500);
    CHECK(imap::begins_search_response("* thread (1)\r\n"));
    CHECK_FALSE(imap::begins_search_response("* THREADS\r\n"));
    CHECK_FALSE(imap::begins_search_response("a SEARCH\r\n"));
}

TEST_CASE("threads lose messages and keep their form (RFC 5256)", "[imap][search]") {
    const auto only = [](const std::string& line, const std::string& kept,
                         bool by_subject = false) {
        const auto threads = imap::read_thread_response(line + "\r\n");
        if (!threads) return std::string{"unread"};
        std::vector<bool> keep;
        for (const auto& message : threads->messages)
            keep.push_back(kept == "all" || kept.find(std::to_string(message.number)) != kept.npos);
        return threads->only(keep, by_subject).text();
    };
    for (const std::string line :
         {"* THREAD", "* THREAD (2)(3 6 (4 23)(44 7 96))", "* THREAD ((3)(5))((1)(2 (4)(6)))(7)",
          "* THREAD (1 (2 (3)(4))(5))(6)"})
        CHECK(only(line, "all") == line);
    CHECK(only("* THREAD (1 2 3)(4)", "1 3") == "* THREAD (1 3)");
    CHECK(only("* THREAD (1 2 3)", "2 3") == "* THREAD (2 3)");
    CHECK(only("* THREAD (1 (2 5)(3))", "2 5 3") == "* THREAD ((2 5)(3))");
    CHECK(only("* THREAD (1 (2 5)(3))", "2 5 3", true) == "* THREAD (2 (5)(3))");
    CHECK(only("* THREAD (1 (2 5)(3))", "1 5 3") == "* THREAD (1 (5)(3))");
    CHECK(only("* THREAD ((2)(3))", "3") == "* THREAD (3)");
    CHECK(only("* THREAD (1 (2 (4)(5))(3))", "1 4 5 3") == "* THREAD (1 (4)(5)(3))");
    CHECK(only("* THREAD (1)(2)", "") == "* THREAD");
    for (const std::string wrong : {"* THREAD (", "* THREAD ()", "* THREAD 1", "* THREAD (1))",
                                    "* THREAD (0)", "* SEARCH 1", "* THREAD (1 x)"})
        CHECK(only(wrong, "all") == "unread");
    std::string deep = "* THREAD ";
    for (int i = 1; i < 100'000; ++i) deep += "(" + std::to_string(i) + " (1)";
    deep += "(2)";
    deep.append(99'999, ')');
    CHECK(only(deep, "all") == deep);
}

TEST_CASE("RFC 9586: UIDFETCH is a FETCH response by UID", "[imap][response]") {
    const auto response = imap::read_response("* 4294967295 UIDFETCH (FLAGS ())\r\n");
    REQUIRE(response);
    CHECK(response->kind == imap::Response::Kind::fetch);
    CHECK(response->by_uid);
    CHECK(response->number == 4294967295U);
    CHECK_FALSE(imap::read_response("* 1 FETCH (FLAGS ())\r\n")->by_uid);
}
