#include <string>

#include "imap/notify.hpp"
#include "tests/catch.hpp"

using imap::read_notify_command;

namespace {

/// The lists of items, each as it stands in the command.
std::string lists(std::string_view message) {
    const auto notify = read_notify_command(message);
    if (!notify) return "nothing";
    std::string joined;
    for (const auto& items : notify->of_new_messages) {
        joined += message.substr(items.offset, items.size);
        std::string names;
        for (const auto& name : items.names) names += (names.empty() ? "" : " ") + name.text;
        if ("(" + names + ")" != message.substr(items.offset, items.size)) joined += "?";
    }
    return joined;
}

}  // namespace

TEST_CASE("read_notify_command finds the items of new messages", "[imap][notify]") {
    CHECK(
        lists(
            "a NOTIFY SET (selected (MessageNew (UID BODY.PEEK[1.2]<0.5>) MessageExpunge))\r\n") ==
        "(UID BODY.PEEK[1.2]<0.5>)");
    CHECK(lists("a notify set status (SELECTED-DELAYED (messageNEW (FLAGS)))\r\n") == "(FLAGS)");
    CHECK(lists("a NOTIFY SET (personal (FlagChange MessageNew (A) MessageExpunge)) (selected "
                "(MessageExpunge MessageNew (B)))\r\n") == "(A)(B)");
    CHECK(lists("a NOTIFY SET (mailboxes {10}\r\nMessageNew (MessageNew (A)))\r\n") == "(A)");
    CHECK(lists("a NOTIFY  SET  ( selected  ( MessageNew  (A) ) ) \r\n") == "(A)");
}

TEST_CASE("read_notify_command: items may be in no event", "[imap][notify]") {
    for (const std::string_view message :
         {"a NOTIFY NONE\r\n", "a NOTIFY SET STATUS (personal NONE)\r\n",
          "a NOTIFY SET (inboxes (MessageNew MessageExpunge))\n",
          "a NOTIFY SET (subtree (\"(a\" b) (MessageNew FlagChange))\r\n",
          "a NOTIFY SET (mailboxes MessageNew (MessageExpunge FlagChange))\r\n",
          "a NOTIFY SET (mailboxes \"MessageNew (UID)\" (MessageExpunge))\r\n",
          "a NOTIFY SET (selected (Odd (UID) MessageExpunge))\r\n"}) {
        CAPTURE(message);
        CHECK(lists(message).empty());
    }
}

TEST_CASE("read_notify_command gives the tag", "[imap][notify]") {
    const auto notify = read_notify_command("A.7] NOTIFY NONE\r\n");
    REQUIRE(notify);
    CHECK(notify->tag == "A.7]");
}

TEST_CASE("read_notify_command refuses what is no NOTIFY", "[imap][notify]") {
    for (const std::string_view message :
         {"", "a", "a NOTIFY", "a NOTIFY\r\n", "a NOTIFY \r\n", "a NOTIFY NONE", "a NOOP NONE\r\n",
          "a NOTIFY SET (\r\n", "a NOTIFY SET ()x)\r\n",
          "a NOTIFY SET (selected (MessageNew ()))\r\n",
          "a NOTIFY SET (selected (MessageNew (BODY[)))\r\n",
          "a NOTIFY SET (selected (MessageNew (UID\r\n",
          "a NOTIFY SET (selected (MessageNew (UID)) {3}\r\nab",
          "a NOTIFY NONE\r\nb NOTIFY NONE\r\n"}) {
        CAPTURE(message);
        CHECK_FALSE(read_notify_command(message));
    }
}
