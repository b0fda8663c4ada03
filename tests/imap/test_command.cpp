#include <string>

#include "imap/command.hpp"
#include "imap/mailbox_name.hpp"
#include "imap/search.hpp"
#include "imap/uid_validity.hpp"
#include "tests/catch.hpp"

using imap::DataItem;
using imap::read_command;
using imap::read_fetch_command;
using imap::SectionText;

namespace {

/// The items as asked, joined by "|".
std::string items(std::string_view message) {
    const auto fetch = read_fetch_command(message);
    if (!fetch) return "nothing";
    std::string joined;
    for (const auto& item : fetch->items) joined += (joined.empty() ? "" : "|") + item.text;
    return joined;
}

}  // namespace

TEST_CASE("read_command reads tag, name and arguments", "[imap][command]") {
    auto command = read_command("a1 login joe {3}\r\n");
    REQUIRE(command);
    CHECK(command->tag == "a1");
    CHECK(command->name == "LOGIN");
    CHECK(command->arguments == "joe {3}");

    command = read_command("A.2] uid Fetch 1 FLAGS\n");
    REQUIRE(command);
    CHECK(command->tag == "A.2]");
    CHECK(command->name == "UID FETCH");
    CHECK(command->arguments == "1 FLAGS");

    command = read_command("a NOOP\r\n");
    REQUIRE(command);
    CHECK(command->name == "NOOP");
    CHECK(command->arguments.empty());

    CHECK(read_command("a NOOP"));
    CHECK(read_command("a NOOP \r\n")->arguments.empty());
}

TEST_CASE("What is no command is not read", "[imap][command]") {
    for (const std::string_view line :
         {"", "\r\n", "DONE\r\n", "a\r\n", "a \r\n", " a NOOP\r\n", "a  NOOP\r\n", "a UID\r\n",
          "a UID \r\n", "a UID  FETCH 1 FLAGS\r\n", "a NOOP  x\r\n", "a+ NOOP\r\n", "+ NOOP\r\n",
          "* OK\r\n", "a NOOP\t\r\n", "a \"NOOP\"\r\n", "a (NOOP)\r\n", "{3}\r\n"}) {
        CAPTURE(line);
        CHECK_FALSE(read_command(line));
    }
}

TEST_CASE("read_fetch_command reads what clients send", "[imap][command]") {
    const auto fetch = read_fetch_command(
        "7 UID fetch 1:44,46 (UID RFC822.SIZE FLAGS BODY.PEEK[HEADER.FIELDS (From To)])\r\n");
    REQUIRE(fetch);
    CHECK(fetch->tag == "7");
    CHECK(fetch->by_uid);
    CHECK(fetch->set.text() == "1:44,46");
    CHECK(fetch->modifiers.empty());
    REQUIRE(fetch->items.size() == 4);
    CHECK(fetch->items[0].item == DataItem::uid);
    CHECK(fetch->items[1].item == DataItem::rfc822_size);
    CHECK(fetch->items[2].item == DataItem::flags);
    CHECK(fetch->items[3].item == DataItem::body_section);
    CHECK(fetch->items[3].peek);
    CHECK(fetch->items[3].section.text == SectionText::header_fields);
    CHECK(fetch->items[3].section.header_list == std::vector<std::string>{"From", "To"});
    CHECK(fetch->items[3].text == "BODY.PEEK[HEADER.FIELDS (From To)]");
}

TEST_CASE("read_fetch_command reads every form of items", "[imap][command]") {
    CHECK(items("a FETCH 1 FLAGS\r\n") == "FLAGS");
    CHECK(items("a FETCH 1 (FLAGS)\r\n") == "FLAGS");
    CHECK(items("a fetch 1:* body.peek[1]<0.256>\r\n") == "body.peek[1]<0.256>");
    CHECK(items("a FETCH 1 (RFC822.SIZE ENVELOPE RFC822.SIZE)\r\n") ==
          "RFC822.SIZE|ENVELOPE|RFC822.SIZE");
    CHECK(items("a FETCH 1 ( UID  FLAGS )\r\n") == "UID|FLAGS");
    CHECK(items("a FETCH 1 FLAGS \n") == "FLAGS");
    CHECK(items("a FETCH 1 all\r\n") == "FLAGS|INTERNALDATE|RFC822.SIZE|ENVELOPE");
    CHECK(items("a FETCH 1 FAST\r\n") == "FLAGS|INTERNALDATE|RFC822.SIZE");
    CHECK(items("a FETCH 1 Full\r\n") == "FLAGS|INTERNALDATE|RFC822.SIZE|ENVELOPE|BODY");
    CHECK(items("a FETCH 1 (UID X-GM-MSGID X-GM-THRID X-GM-LABELS)\r\n") ==
          "UID|X-GM-MSGID|X-GM-THRID|X-GM-LABELS");
    CHECK(items("a FETCH 1 (UID PREVIEW (LAZY) FLAGS)\r\n") == "UID|PREVIEW (LAZY)|FLAGS");
    CHECK(items("a FETCH 1 PREVIEW (LAZY)\r\n") == "PREVIEW (LAZY)");
    CHECK(items("a FETCH $ (EMAILID SNIPPET (FUZZY) UID)\r\n") == "EMAILID|SNIPPET (FUZZY)|UID");
    CHECK(items("a FETCH 1 (ANNOTATION (/comment value.priv) UID)\r\n") ==
          "ANNOTATION (/comment value.priv)|UID");
    CHECK(items("a FETCH 1 (BODY.PEEK[HEADER.FIELDS ({4}\r\nFrom \"To\")])\r\n") ==
          "BODY.PEEK[HEADER.FIELDS ({4}\r\nFrom \"To\")]");
    // No BINARY of RFC 3516, but Dovecot answers them.
    CHECK(items("a FETCH 1 (BINARY[TEXT] binary.peek[1.mime] BINARY.SIZE[1]<0.5>)\r\n") ==
          "BINARY[TEXT]|binary.peek[1.mime]|BINARY.SIZE[1]<0.5>");
    CHECK(items("a FETCH 1 (BINARY.PEEK[2] BINARY.SIZE[2] BODY.PEEK[TEXT]<0.500>)\r\n") ==
          "BINARY.PEEK[2]|BINARY.SIZE[2]|BODY.PEEK[TEXT]<0.500>");
}

TEST_CASE("read_fetch_command reads modifiers", "[imap][command]") {
    const auto modifiers = [](std::string_view message) {
        const auto fetch = read_fetch_command(message);
        return fetch ? fetch->modifiers : "nothing";
    };
    CHECK(modifiers("a FETCH 1:* (FLAGS) (CHANGEDSINCE 5)\r\n") == "(CHANGEDSINCE 5)");
    CHECK(modifiers("a UID FETCH 1:* FLAGS (CHANGEDSINCE 5 VANISHED)\r\n") ==
          "(CHANGEDSINCE 5 VANISHED)");
    CHECK(modifiers("a FETCH 1 PREVIEW (CHANGEDSINCE 5)\r\n") == "(CHANGEDSINCE 5)");
    CHECK(modifiers("a FETCH 1 PREVIEW (LAZY) (CHANGEDSINCE 5)\r\n") == "(CHANGEDSINCE 5)");
    CHECK(modifiers("a FETCH 1 X-NEW (CHANGEDSINCE 5)\r\n") == "(CHANGEDSINCE 5)");
    CHECK(modifiers("a FETCH 1 ALL (CHANGEDSINCE 5)\r\n") == "(CHANGEDSINCE 5)");
    CHECK(modifiers("a FETCH  1  (FLAGS)(CHANGEDSINCE 5) \r\n") == "(CHANGEDSINCE 5)");
    CHECK(items("a FETCH  1   FLAGS \r\n") == "FLAGS");
    CHECK(read_command("a UID FETCH  1 FLAGS\r\n")->arguments == "1 FLAGS");
}

TEST_CASE("What is no FETCH command is not read", "[imap][command]") {
    for (const std::string_view message :
         {"a STORE 1 FLAGS ()\r\n", "a FETCH\r\n", "a FETCH 1\r\n", "a FETCH 1 ()\r\n",
          "a FETCH 1 (FLAGS\r\n", "a FETCH 1 FLAGS UID\r\n", "a FETCH 0 FLAGS\r\n",
          "a FETCH $,1 FLAGS\r\n", "a FETCH 1 BODY[\r\n", "a FETCH 1 BODY[FOO]\r\n",
          "a FETCH 1 (FLAGS) CHANGEDSINCE\r\n", "a FETCH 1 FLAGS", "a FETCH 1 BODY[]<0>\r\n",
          "a FETCH 1 BODY[]x\r\n", "a FETCH 1 (FLAGS) (CHANGEDSINCE 5\r\n",
          "a FETCH 1 (FLAGS UID)x\r\n", "a FETCH 1 FLAGS\r\nb NOOP\r\n",
          "a SEARCH FETCH 1 FLAGS\r\n"}) {
        CAPTURE(message);
        CHECK_FALSE(read_fetch_command(message));
    }
}

TEST_CASE("IMAP-09: what sets \\Seen is known", "[imap][command]") {
    const auto sets_seen = [](std::string item) {
        const auto fetch = read_fetch_command("a FETCH 1 " + item + "\r\n");
        REQUIRE(fetch);
        return fetch->items.at(0).sets_seen();
    };
    for (const std::string item : {"BODY[]", "BODY[1.MIME]", "BODY[HEADER]", "BODY[TEXT]<0.1>",
                                   "RFC822", "RFC822.TEXT", "BINARY[1]"}) {
        CAPTURE(item);
        CHECK(sets_seen(item));
    }
    for (const std::string item :
         {"BODY.PEEK[]", "BINARY.PEEK[1]", "BINARY.SIZE[1]", "RFC822.HEADER", "RFC822.SIZE",
          "RFC822.PEEK", "RFC822.TEXT.PEEK", "BODY", "BODYSTRUCTURE", "ENVELOPE", "FLAGS", "UID",
          "PREVIEW", "X-GM-MSGID"}) {
        CAPTURE(item);
        CHECK_FALSE(sets_seen(item));
    }
}

TEST_CASE("PREVIEW is lazy or not, and the drafts' is another item", "[imap][command]") {
    const auto item = [](std::string text) {
        return read_fetch_command("a FETCH 1 (" + text + ")\r\n")->items.at(0);
    };
    CHECK_FALSE(item("PREVIEW").lazy);
    CHECK(item("preview (lazy)").lazy);
    CHECK(item("preview (lazy)").item == DataItem::preview);
    for (const std::string text : {"PREVIEW (FUZZY)", "PREVIEW (LAZY=FUZZY)", "SNIPPET",
                                   "SNIPPET (LAZY)", "SNIPPET (FUZZY)"}) {
        CAPTURE(text);
        CHECK(item(text).item == DataItem::snippet);
    }
}

TEST_CASE("Items that depend on content are known", "[imap][command]") {
    for (const auto item : {DataItem::envelope, DataItem::body, DataItem::body_structure,
                            DataItem::rfc822, DataItem::rfc822_header, DataItem::rfc822_text,
                            DataItem::rfc822_size, DataItem::body_section, DataItem::binary,
                            DataItem::binary_size, DataItem::preview, DataItem::snippet})
        CHECK(imap::depends_on_content(item));
    for (const auto item : {DataItem::flags, DataItem::internal_date, DataItem::uid,
                            DataItem::modseq, DataItem::email_id, DataItem::other})
        CHECK_FALSE(imap::depends_on_content(item));
}

TEST_CASE("read_selected_mailbox reads SELECT and EXAMINE", "[imap][command]") {
    CHECK(imap::read_selected_mailbox("a select INBOX\r\n") == "INBOX");
    CHECK(imap::read_selected_mailbox("a EXAMINE \"a b\"\r\n") == "a b");
    CHECK(imap::read_selected_mailbox("a SELECT {3}\r\nx\"y (CONDSTORE)\r\n") == "x\"y");
    CHECK(imap::read_selected_mailbox("a SELECT x (QRESYNC (1 2))\r\n") == "x");
    for (const std::string_view message :
         {"a SELECT\r\n", "a SELECT \r\n", "a STATUS x (UIDNEXT)\r\n", "a SELECT x"}) {
        CAPTURE(message);
        CHECK_FALSE(imap::read_selected_mailbox(message));
    }
}

TEST_CASE("read_enable reads the names", "[imap][command]") {
    CHECK(imap::read_enable("a ENABLE condstore QRESYNC\r\n") ==
          std::vector<std::string>{"CONDSTORE", "QRESYNC"});
    CHECK(imap::read_enable("a ENABLE UTF8=ACCEPT\r\n") == std::vector<std::string>{"UTF8=ACCEPT"});
    CHECK(imap::read_enable("a NOOP X\r\n").empty());
    CHECK(imap::read_enable("a ENABLE\r\n").empty());
}

TEST_CASE("the QRESYNC parameter of SELECT (RFC 7162, 3.2.5)", "[imap][uidvalidity]") {
    const auto find = [](std::string_view command) -> std::string {
        const auto found = imap::find_qresync(command);
        if (!found) return "none";
        return std::to_string(found->validity.value.value()) + ": " +
               std::string{command.substr(found->offset, found->size)};
    };
    CHECK(find("a SELECT INBOX (QRESYNC (67890007 20050715194045000 41,43:211 (1,3 5,6)))\r\n") ==
          "67890007: QRESYNC (67890007 20050715194045000 41,43:211 (1,3 5,6))");
    CHECK(find("a examine {5}\r\nINBOX (condstore qresync (7 5))\r\n") == "7: qresync (7 5)");
    CHECK(find("a SELECT \"a (QRESYNC (1 1))\" (X (QRESYNC (2 2)) QRESYNC (3 3) Y)\r\n") ==
          "3: QRESYNC (3 3)");
    for (const std::string_view command :
         {"a SELECT INBOX\r\n", "a SELECT INBOX (CONDSTORE)\r\n", "a SELECT INBOX (QRESYNC)\r\n",
          "a SELECT INBOX (QRESYNC (0 5))\r\n", "a SELECT INBOX (QRESYNC (7 5\r\n",
          "a SELECT INBOX (QRESYNC 7)\r\n", "a STATUS INBOX (QRESYNC (7 5))\r\n", "a SELECT\r\n",
          "a SELECT INBOX QRESYNC (7 5)\r\n", "a SELECT INBOX (QRESYNC (4294967296 5))\r\n"}) {
        CAPTURE(command);
        CHECK(find(command) == "none");
    }
}

TEST_CASE("the mailbox that a command puts messages into", "[imap][command]") {
    using imap::read_destination_mailbox;
    CHECK(read_destination_mailbox("a APPEND x (\\Seen) {5}\r\n") == "x");
    CHECK(read_destination_mailbox("a append {3+}\r\na b {5}\r\nabcde") == "a b");
    CHECK(read_destination_mailbox("a COPY 2:4 \"MEETING\"\r\n") == "MEETING");
    CHECK(read_destination_mailbox("a UID MOVE $ x\r\n") == "x");
    CHECK(read_destination_mailbox("a UID REPLACE 5 x (\\Seen) {5}\r\n") == "x");
    CHECK(!read_destination_mailbox("a APPEND {5}\r\n"));
    CHECK(!read_destination_mailbox("a COPY 2:4\r\n"));
    CHECK(!read_destination_mailbox("a STORE 2 x\r\n"));
    CHECK(imap::read_rename("a RENAME x {1}\r\ny\r\n") ==
          std::pair<std::string, std::string>{"x", "y"});
    CHECK(!imap::read_rename("a RENAME x\r\n"));
    CHECK(!imap::read_rename("a DELETE x y\r\n"));
}

TEST_CASE("a mailbox's name is one, however it is written", "[imap][mailbox]") {
    using imap::mailbox_name;
    CHECK(mailbox_name("inBox") == "INBOX");
    CHECK(mailbox_name("Inbox/x") == "Inbox/x");
    CHECK(mailbox_name("Entw&APw-rfe") == "Entw\xc3\xbcrfe");
    CHECK(mailbox_name("Entw\xc3\xbcrfe") == "Entw\xc3\xbcrfe");
    CHECK(mailbox_name("A&-B") == "A&B");
    CHECK(mailbox_name("A&B") == "A&B");
    CHECK(mailbox_name("~peter/mail/&U,BTFw-/&ZeVnLIqe-") ==
          "~peter/mail/\xe5\x8f\xb0\xe5\x8c\x97/\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e");
    CHECK(mailbox_name("&2D3eAA-") == "\xf0\x9f\x98\x80");
    // Half a pair, odd digits, and bits left over: no modified UTF-7.
    for (const std::string_view name : {"&2D0-", "&3gA-", "&AP$-", "&APx-", "&A-", "&APw"})
        CHECK(mailbox_name(name) == name);
}

namespace {

/// The program with $k true of a message, and with it false.
std::string both(const std::string& arguments) {
    const auto command = imap::read_search_command("a SEARCH " + arguments + "\r\n");
    if (!command) return "unread";
    if (command->keyword_keys.empty()) return "none";
    const auto with = [&](bool has) {
        return imap::program_if(*command,
                                [&](std::string_view word) { return word == "$k" && has; });
    };
    return with(true) + " | " + with(false);
}

}  // namespace

TEST_CASE("a search program is read to its keywords (RFC 9051, 6.4.4)", "[imap][search]") {
    CHECK(both("KEYWORD $k") == "ALL | NOT ALL");
    CHECK(both("unkeyword $k") == "NOT ALL | ALL");
    CHECK(both("KEYWORD other") == "NOT ALL | NOT ALL");
    CHECK(both("NOT KEYWORD \"$k\" SEEN") == "NOT ALL SEEN | NOT NOT ALL SEEN");
    CHECK(both("OR KEYWORD {2+}\r\n$k (UNKEYWORD $k 1:3,5:*)") ==
          "OR ALL (NOT ALL 1:3,5:*) | OR NOT ALL (ALL 1:3,5:*)");
    CHECK(both("RETURN (MIN) CHARSET UTF-8 SUBJECT {4}\r\n\"\r\n( KEYWORD $k $ UID 3:*") ==
          "SUBJECT {4}\r\n\"\r\n( ALL $ UID 3:* | SUBJECT {4}\r\n\"\r\n( NOT ALL $ UID 3:*");
    CHECK(both("MODSEQ \"/flags/\\\\draft\" all 7 (KEYWORD $k) MODSEQ 8") ==
          "MODSEQ \"/flags/\\\\draft\" all 7 (ALL) MODSEQ 8 | "
          "MODSEQ \"/flags/\\\\draft\" all 7 (NOT ALL) MODSEQ 8");
    CHECK(both("KEYWORD $k SUBJECT {2}\r\na  ") ==
          "ALL SUBJECT {2}\r\na  | NOT ALL SUBJECT {2}\r\na ");
    CHECK(both("FUZZY  ( ALL  KEYWORD $k ) ") == "FUZZY  ( ALL  ALL ) | FUZZY  ( ALL  NOT ALL )");
    // What is only a value of another key.
    for (const std::string values :
         {"SUBJECT KEYWORD", "HEADER KEYWORD $k", "TEXT \"KEYWORD $k\"", "FROM {10}\r\nKEYWORD $k",
          "X-GM-LABELS (KEYWORD $k)", "HEADER x {4}\r\nFROM OLDER 3 BEFORE 1-Jan-2020"})
        CHECK(both(values) == "none");
    for (const std::string wrong :
         {"", "()", "(ALL", "ALL)", "KEYWORD", "OR SEEN", "NOT", "SUBJECT", "HEADER a", "WHAT ALL",
          "ALL  ( )", "RETURN (ALL", "RETURN ALL", "SUBJECT {9}\r\nabc", "KEYWORD (a)"})
        CHECK(both(wrong) == "unread");
    std::string deep = "ALL";
    for (int i = 0; i < 1000; ++i) deep = (i % 2 ? "NOT " : "OR ALL ") + deep;
    CHECK(both(deep) == "unread");
}

TEST_CASE("SORT and THREAD name an order before their program (RFC 5256)", "[imap][search]") {
    auto sort = imap::read_search_command(
        "b uid sort return (count Save partial 1:3) (REVERSE DATE) UTF-8 KEYWORD $k\r\n");
    REQUIRE(sort);
    CHECK(sort->kind == imap::SearchCommand::Kind::sort);
    CHECK(sort->by_uid);
    CHECK(sort->result_options == std::vector<std::string>{"COUNT", "SAVE", "PARTIAL", "1:3"});
    CHECK(sort->order == "(REVERSE DATE)");
    CHECK(sort->charset == "UTF-8");
    CHECK(sort->program == "KEYWORD $k");
    const auto thread = imap::read_search_command("c THREAD REFERENCES {5}\r\nUTF-8 ALL\r\n");
    REQUIRE(thread);
    CHECK(thread->order == "REFERENCES");
    CHECK(thread->charset == "{5}\r\nUTF-8");
    CHECK(thread->program == "ALL");
    CHECK_FALSE(thread->by_uid);
    CHECK_FALSE(imap::read_search_command("c THREAD REFERENCES UTF-8\r\n"));
    CHECK_FALSE(imap::read_search_command("c SORT DATE ALL\r\n"));
    CHECK_FALSE(imap::read_search_command("c FETCH 1 FLAGS\r\n"));
}

TEST_CASE("a command cut short is no command, and asks for nothing beyond its end",
          "[imap][search]") {
    const std::string command =
        "a UID SEARCH RETURN (MIN) CHARSET UTF-8 OR KEYWORD \"$k\" (SUBJECT {2}\r\n\xc3\xa9 NOT "
        "1:*)\r\n";
    REQUIRE(imap::read_search_command(command));
    for (std::size_t size = 0; size < command.size(); ++size) {
        const std::vector<char> piece{command.begin(),
                                      command.begin() + static_cast<std::ptrdiff_t>(size)};
        CHECK_FALSE(imap::read_search_command({piece.data(), piece.size()}));
    }
}

TEST_CASE("literals wait for the server, unless a quoted string can say them", "[imap][search]") {
    using Pieces = std::vector<std::string>;
    CHECK(imap::command_pieces("a X {3+}\r\na\"b \"{1}\" {2}\r\n\xc3\xa9 {0}\r\n\r\n") ==
          Pieces{"a X \"a\\\"b\" \"{1}\" {2}\r\n", "\xc3\xa9 \"\"\r\n"});
    CHECK(imap::command_pieces("a X\r\n") == Pieces{"a X\r\n"});
}
