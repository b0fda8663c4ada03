#include "proxy/keywords.hpp"

#include "proxy/keyword_command.hpp"
#include "proxy/keyword_filter.hpp"
#include "proxy/keyword_store.hpp"
#include "proxy/limits.hpp"
#include "proxy/protocol_error.hpp"
#include "proxy/search_scanner.hpp"
#include "tests/catch.hpp"
#include "tests/pieces.hpp"

namespace {

const std::string ours = "$SMIME-Encrypted $SMIME-Verified $SMIME-Invalid";
const std::string selected =
    "* FLAGS (\\Seen \\Deleted x)\r\n* OK [PERMANENTFLAGS (\\Seen \\*)] Limited\r\n* 3 EXISTS\r\n"
    "* OK [UIDVALIDITY 17] UIDs valid\r\ns OK [READ-WRITE] Select completed\r\n";
const std::string announced = "* FLAGS (\\Seen \\Deleted x " + ours +
                              ")\r\n* OK [PERMANENTFLAGS (\\Seen \\* " + ours +
                              ")] Flags permitted.\r\n";

struct Client {
    proxy::KeywordStore store;
    proxy::KeywordFilter filter{&store, "note "};

    explicit Client(const std::string& mailbox = "Work") { select(mailbox); }
    void select(const std::string& mailbox) {
        filter.on_select("s", mailbox);
        CHECK(gets(selected) == selected);
    }
    std::string gets(std::string octets) {
        filter.rewrite(octets);
        return octets;
    }
};

}  // namespace

TEST_CASE("a mailbox without S/MIME is the server's own, octet for octet", "[proxy][keywords]") {
    Client client;
    for (const std::string octets :
         {"* 1 FETCH (FLAGS (\\Seen $Forwarded) UID 7)\r\n", "* 2 FETCH (UID 8 FLAGS ( ))\r\n",
          "* 1 FETCH (BODY[] {27}\r\n* FLAGS ($SMIME-Verified)\r\n)\r\n",
          "* FLAGS ($MDNSent  x)\r\n", "a OK [X (FLAGS ($SMIME-Verified))] done\r\n", "+ \r\n"})
        CHECK(client.gets(octets) == octets);
}

TEST_CASE("ST-03: a message has its keywords wherever its flags are", "[proxy][keywords]") {
    Client client;
    client.store.learn("Work\n17", imap::Uid{7}, {true, true, false});
    CHECK(client.gets("* 1 FETCH (FLAGS (\\Seen) UID 7)\r\n") ==
          announced + "* 1 FETCH (FLAGS (\\Seen $SMIME-Encrypted $SMIME-Verified) UID 7)\r\n");
    CHECK(client.gets("* 2 FETCH (FLAGS () UID 8)\r\n") == "* 2 FETCH (FLAGS () UID 8)\r\n");
    // News of flags come by number alone; numbers move.
    CHECK(client.gets("* 1 FETCH (FLAGS ())\r\n") ==
          "* 1 FETCH (FLAGS ($SMIME-Encrypted $SMIME-Verified))\r\n");
    CHECK(
        client.gets("* 1 FETCH (FLAGS (a) MODSEQ (5) BODY[] {3}\r\nabc FLAGS (b))\r\n") ==
        "* 1 FETCH (FLAGS (a $SMIME-Encrypted $SMIME-Verified) MODSEQ (5) BODY[] {3}\r\nabc FLAGS "
        "(b $SMIME-Encrypted $SMIME-Verified))\r\n");
    CHECK(client.gets("* 1 EXPUNGE\r\n* 1 FETCH (FLAGS ())\r\n") ==
          "* 1 EXPUNGE\r\n* 1 FETCH (FLAGS ())\r\n");
    // A flag that is new makes the server say all of them again.
    CHECK(client.gets("* FLAGS (y)\r\n") == "* FLAGS (y " + ours + ")\r\n");
    CHECK(client.gets("* OK [PERMANENTFLAGS ()] Read-only.\r\n") ==
          "* OK [PERMANENTFLAGS ()] Read-only.\r\n");
    // Another mailbox, and another incarnation of this one.
    client.select("Play");
    CHECK(client.gets("* 1 FETCH (FLAGS () UID 7)\r\n") == "* 1 FETCH (FLAGS () UID 7)\r\n");
    client.select("Work");
    CHECK(client.gets("* 1 FETCH (FLAGS () UID 7)\r\n").find("$SMIME-Verified") !=
          std::string::npos);
    client.filter.on_select("t", "Work");
    client.gets("* OK [UIDVALIDITY 18] new\r\nt OK selected\r\n");
    CHECK(client.gets("* 1 FETCH (FLAGS () UID 7)\r\n") == "* 1 FETCH (FLAGS () UID 7)\r\n");
    client.filter.on_select("u", std::nullopt);
    client.gets("u OK closed\r\n");
    CHECK(client.gets("* 1 FETCH (FLAGS () UID 7)\r\n") == "* 1 FETCH (FLAGS () UID 7)\r\n");
}

TEST_CASE("ST-01: keywords that the server brings are not ours", "[proxy][keywords]") {
    Client client;
    CHECK(client.gets("* 1 FETCH (FLAGS (\\Seen $SMIME-Verified a $smime-ENCRYPTED) UID 7)\r\n") ==
          "* 1 FETCH (FLAGS (\\Seen a) UID 7)\r\n");
    CHECK(client.gets("* 1 FETCH (BODY[] {3}\r\nabc FLAGS ($SMIME-X))\r\n") ==
          "* 1 FETCH (BODY[] {3}\r\nabc FLAGS ())\r\n");
    CHECK(client.gets("* FLAGS ($SMIME-Verified x)\r\n") == "* FLAGS (x)\r\n");
    CHECK(client.gets("* OK [PERMANENTFLAGS ($SMIME-Verified \\*)] x\r\n") ==
          "* OK [PERMANENTFLAGS (\\*)] x\r\n");
    proxy::KeywordFilter without{nullptr, ""};
    std::string octets = "* 1 FETCH (FLAGS ($SMIME-Verified))\r\n";
    without.rewrite(octets);
    CHECK(octets == "* 1 FETCH (FLAGS ())\r\n");
}

TEST_CASE("ST-01: a FETCH response whose flags can't be read ends the session",
          "[proxy][keywords]") {
    const std::string filling(proxy::limits::list_response, 'x');
    const std::string flags = " FLAGS ($SMIME-Verified))\r\n";
    CHECK_THROWS_WITH(
        Client{}.gets("* 1 FETCH (X " + filling + flags),
        "the server sent a FETCH response with a line above 4 MiB, which can't be read");
    CHECK_THROWS_AS(Client{}.gets("* 1 fetch (X {1}\r\ny Y " + filling + flags),
                    proxy::ProtocolError);
    CHECK_THROWS_AS(Client{}.gets("* 1 UIDFETCH (X " + filling + flags), proxy::ProtocolError);
    const std::string search = "* SEARCH 1 " + filling + "\r\n";
    CHECK(Client{}.gets(search) == search);
}

TEST_CASE("a number means a UID from where in the stream a note says so", "[proxy][keywords]") {
    Client client;
    client.store.learn("Work\n17", imap::Uid{7}, {true, false, false});
    const auto note = [&](std::uint32_t number, std::uint32_t uid) {
        return client.filter.note(imap::SequenceNumber{number}, imap::Uid{uid});
    };
    CHECK(client.gets("* 3 EXISTS\r\n" + note(2, 7) + "* 2 FETCH (MODSEQ (5))\r\n" + note(3, 8)) ==
          "* 3 EXISTS\r\n* 2 FETCH (MODSEQ (5))\r\n");
    CHECK(client.gets("* 3 FETCH (FLAGS ())\r\n* 1 EXPUNGE\r\n* 2 FETCH (FLAGS ())\r\n") ==
          "* 3 FETCH (FLAGS ())\r\n* 1 EXPUNGE\r\n* 2 FETCH (FLAGS ())\r\n");
    CHECK(client.gets("* 1 FETCH (FLAGS ())\r\n") ==
          announced + "* 1 FETCH (FLAGS ($SMIME-Encrypted))\r\n");
    // Not within a literal, and none but a whole one.
    const std::string literal = "* 1 FETCH (BODY[] {" + std::to_string(note(1, 8).size()) +
                                "}\r\n" + note(1, 8) + ")\r\nnote 1 \r\nnote 0 8\r\n";
    CHECK(client.gets(literal) == literal);
    CHECK(client.gets("* 1 FETCH (FLAGS ())\r\n") == "* 1 FETCH (FLAGS ($SMIME-Encrypted))\r\n");
    const proxy::KeywordFilter without{nullptr, "note "};
    CHECK(without.note(imap::SequenceNumber{1}, imap::Uid{7}).empty());
}

TEST_CASE("octets come out the same however they are cut", "[proxy][keywords]") {
    const std::string octets =
        "* 1 FETCH (FLAGS (a) UID 7 BODY[] {5}\r\n(\r\n\")  FLAGS ())\r\n* 2 FETCH (UID 8 FLAGS "
        "($SMIME-Verified))\r\nnote 3 9\r\n* 1 EXPUNGE\r\n* 1 FETCH (FLAGS (\\Seen))\r\nb OK "
        "done\r\n";
    std::string whole;
    for (std::size_t cut = 0; cut <= octets.size(); ++cut) {
        Client client;
        client.store.learn("Work\n17", imap::Uid{7}, {true, false, false});
        client.store.learn("Work\n17", imap::Uid{8}, {false, false, true});
        std::string got = client.gets(octets.substr(0, cut));
        got += client.gets(octets.substr(cut));
        if (cut == 0) whole = got;
        CHECK(got == whole);
    }
    CHECK(whole.find("* 1 FETCH (FLAGS (\\Seen $SMIME-Invalid))") != std::string::npos);
    CHECK(whole.find("FLAGS (a $SMIME-Encrypted)") != std::string::npos);
}

TEST_CASE("ST-03: no keyword of ours reaches the server", "[proxy][keywords]") {
    const auto store = [](const std::string& line) {
        return proxy::store_without_keywords(line + "\r\n").value_or("as it is");
    };
    CHECK(store("a STORE 1:3 +FLAGS (\\Seen $SMIME-Verified)") ==
          "a STORE 1:3 +FLAGS (\\Seen)\r\n");
    CHECK(store("a STORE 1 FLAGS ($smime-verified)") == "a STORE 1 FLAGS ()\r\n");
    CHECK(store("a UID STORE 1,5:* (UNCHANGEDSINCE 7) flags.silent $SMIME-Encrypted x") ==
          "a UID STORE 1,5:* (UNCHANGEDSINCE 7) flags.silent (x)\r\n");
    CHECK(store("a STORE 2 +FLAGS ($SMIME-Verified)") == "a FETCH 2 (FLAGS)\r\n");
    CHECK(store("a uid store 2:4 -FLAGS $SMIME-Verified") == "a UID FETCH 2:4 (FLAGS)\r\n");
    CHECK(store("a STORE 2 -FLAGS.SILENT ($SMIME-Verified $SMIME-Invalid)") == "a NOOP\r\n");
    CHECK(store("a STORE 2 +FLAGS ($Forwarded)") == "as it is");
    CHECK(store("a STORE 2 +FLAGS") == "as it is");
    CHECK(store("a STORE x +FLAGS ($SMIME-Verified)") == "as it is");

    const auto append = [](const std::string& line, bool first) {
        return proxy::append_without_keywords(line, first).value_or("as it is");
    };
    CHECK(append("a APPEND \"x y\" (\\Seen $SMIME-Verified) \"1-Jan-2026 00:00:00 +0000\" {3}\r\n",
                 true) == "a APPEND \"x y\" (\\Seen) \"1-Jan-2026 00:00:00 +0000\" {3}\r\n");
    CHECK(append("a APPEND x ($SMIME-Verified) {3+}\r\n", true) == "a APPEND x () {3+}\r\n");
    CHECK(append(" ($SMIME-Verified) {3+}\r\n", false) == " () {3+}\r\n");
    CHECK(append("a APPEND $SMIME-x {3}\r\n", true) == "as it is");
    CHECK(append("a APPEND x (\\Seen) {3}\r\n", true) == "as it is");
}

TEST_CASE("what QRESYNC tells within a SELECT is of the mailbox that is being selected",
          "[proxy][keywords]") {
    Client client;
    client.store.learn("Work\n17", imap::Uid{7}, {true, true, false});
    client.store.learn("Other\n18", imap::Uid{7}, {true, false, false});
    client.filter.on_select("t", "Other");
    const std::string flags =
        "* OK [CLOSED]\r\n* FLAGS (\\Seen \\Deleted x)\r\n* OK [PERMANENTFLAGS (\\Seen \\*)] "
        "Limited\r\n* 9 EXISTS\r\n* OK [UIDVALIDITY 18] UIDs valid\r\n* VANISHED (EARLIER) 3\r\n";
    CHECK(client.gets(flags + "* 2 FETCH (UID 7 FLAGS ())\r\nt OK done\r\n") ==
          flags + announced + "* 2 FETCH (UID 7 FLAGS ($SMIME-Encrypted))\r\nt OK done\r\n");
    // (EARLIER) moves no numbers, without it they are others.
    CHECK(client.gets("* VANISHED (EARLIER) 1\r\n* 2 FETCH (FLAGS (a))\r\n") ==
          "* VANISHED (EARLIER) 1\r\n* 2 FETCH (FLAGS (a $SMIME-Encrypted))\r\n");
    CHECK(client.gets("* VANISHED 1\r\n* 2 FETCH (FLAGS (a))\r\n") ==
          "* VANISHED 1\r\n* 2 FETCH (FLAGS (a))\r\n");
    // The same mailbox once more: its messages may have other numbers.
    CHECK(client.gets("* 3 FETCH (UID 7 FLAGS ())\r\n") ==
          "* 3 FETCH (UID 7 FLAGS ($SMIME-Encrypted))\r\n");
    client.filter.on_select("u", "Other");
    CHECK(client.gets("* OK [UIDVALIDITY 18] x\r\n* 3 FETCH (FLAGS ())\r\nu OK done\r\n") ==
          "* OK [UIDVALIDITY 18] x\r\n* 3 FETCH (FLAGS ())\r\nu OK done\r\n");
    client.filter.on_select("v", "Other");
    CHECK(client.gets("* OK [UIDVALIDITY 18] x\r\nv NO\r\n* 1 FETCH (UID 7 FLAGS ())\r\n") ==
          "* OK [UIDVALIDITY 18] x\r\nv NO\r\n* 1 FETCH (UID 7 FLAGS ())\r\n");
}

TEST_CASE("a search for a keyword of ours is known however it is cut and written",
          "[proxy][keywords]") {
    const auto is_found = [](const std::string& search, bool expected) {
        INFO(search);
        tests::for_every_split(search, [&](const std::vector<std::string_view>& pieces) {
            proxy::SearchScanner scanner;
            for (const auto piece : pieces) scanner.read(piece);
            CHECK(scanner.found() == expected);
        });
    };
    for (const std::string search :
         {"a SEARCH KEYWORD $SMIME-Verified", "a uid search unkeyword  \"$smime-x\"",
          "a SEARCH KEYWORD {14+}\r\n$SMIME-Invalid ALL",
          "a SORT (x) y NOT (KEYWORD \"\\$SMIME-a\")", "a SEARCH KEYWORD KEYWORD $SMIME-a",
          "a SEARCH KEYWORD $SMIME KEYWORD $SMIME-a", "a SEARCH KEYKEYWORD ~{3}\r\n$SMIME-"})
        is_found(search, true);
    for (const std::string search :
         {"a SEARCH KEYWORD $Forwarded SUBJECT $SMIME-Verified", "a SEARCH KEYWORD $SMIME",
          "a SEARCH KEYWOR $SMIME-Verified", "a SEARCH KEYWORD ($SMIME-Verified)", ""})
        is_found(search, false);
}
