#include "smime/author.hpp"

#include "smime/arrival.hpp"
#include "smime/date.hpp"
#include "smime/encoded_word.hpp"
#include "smime/punycode.hpp"
#include "smime/report.hpp"
#include "tests/catch.hpp"

using namespace smime;
using namespace std::string_literals;
using Status = Author::Status;

TEST_CASE("CERT-05: addresses are the same, or not", "[author]") {
    const auto same = [](std::string_view one, std::string_view other) {
        const auto a = MailAddress::parse(one), b = MailAddress::parse(other);
        return a && b && *a == *b;
    };
    CHECK(same("alice@example.org", "alice@example.org"));
    CHECK(same("Alice@Example.ORG", "alice@example.org"));
    CHECK(same("\"alice\"@example.org", "alice@example.org"));
    CHECK(same("\"a b\\\"c\"@example.org", "\"a b\\\"c\"@example.org"));
    CHECK(same("alice@b\u00fccher.example", "alice@xn--bcher-kva.example"));
    CHECK(same("\u00e4lice@example.org", "\u00e4lice@example.org"));
    CHECK(same("=?alice?=@example.org", "=?alice?=@example.org"));
    CHECK(same("\uff76\u30ca\u5c71\u0915\u0938\u0644@example.org",
               "\uff76\u30ca\u5c71\u0915\u0938\u0644@example.org"));
    CHECK_FALSE(same("alice@example.org", "alice@example.org.evil.example"));
    CHECK_FALSE(same("alice@example.org", "bob@example.org"));
    CHECK_FALSE(same("alice@example.org", "alice.@example.org"));
    // Beyond ASCII the octets count: another normal form, or case, is another name.
    CHECK_FALSE(same("\u00c4lice@example.org", "\u00e4lice@example.org"));
    CHECK_FALSE(same("a\u0308lice@example.org", "\u00e4lice@example.org"));
    // Cyrillic a.
    CHECK_FALSE(same("\u0430lice@example.org", "alice@example.org"));
    CHECK_FALSE(same("alice@ex\u0430mple.org", "alice@example.org"));
}

TEST_CASE("CERT-05: what is no address matches none", "[author]") {
    for (const std::string& text : {
             ""s,
             "alice"s,
             "@example.org"s,
             "alice@"s,
             "alice@example..org"s,
             "alice@.org"s,
             "alice@example.org."s,
             "al ice@example.org"s,
             "alice@exam ple.org"s,
             "alice@example.org\0.evil.example"s,
             "alice\0@example.org"s,
             "alice\n@example.org"s,
             "alice@[127.0.0.1]"s,
             "alice@example.org@evil.example"s,
             "<alice@example.org>"s,
             "alice@example.org,bob@example.org"s,
             "\"alice@example.org"s,
             "\"\"@example.org"s,
             ".alice@example.org"s,
             "al..ice@example.org"s,
             "alice(c)@example.org"s,
             "alice@example.org "s,
             "\"al\nice\"@example.org"s,
             "al\xff@example.org"s,
             "alice@ex\xc3mple.org"s,
             // What is not seen, or turns or parts what is.
             "alice\u200b@example.org"s,
             "al\u00adice@example.org"s,
             "\u202eecila@example.org"s,
             "alice\u2066@example.org"s,
             "alice\u0085@example.org"s,
             "alice\u00a0@example.org"s,
             "\"a\u2028b\"@example.org"s,
             "alice\ufe0f@example.org"s,
             "alice\U000e0041@example.org"s,
             "alice@example\u3002org"s,
             "alice@example\uff0eorg.evil.example"s,
             "alice@example.org\u2003x.evil.example"s,
             "alice@gro.elpmaxe\u202e.evil.example"s,
             "alice\uff20example.org@evil.example"s,
             "alice\ufe6bexample.org@evil.example"s,
             "=?utf-8?q?alice=40example.org?=@evil.example"s,
             "\"=?utf-8?b?YWxpY2U=?=\"@evil.example"s,
         })
        CHECK_FALSE(MailAddress::parse(text));
    CHECK(MailAddress::parse(std::string(64, 'a') + "@example.org"));
    CHECK_FALSE(MailAddress::parse(std::string(65, 'a') + "@example.org"));
    std::string domain;
    for (int i = 0; i < 4; ++i) domain += std::string(62, 'd') + '.';
    CHECK(MailAddress::parse("alice@" + domain + "org"));
    CHECK_FALSE(MailAddress::parse("alice@" + domain + "orga"));
    CHECK_FALSE(MailAddress::parse("alice@" + std::string(64, 'd') + ".org"));
}

TEST_CASE("Labels of RFC 3492, 7.1, and others", "[author]") {
    CHECK(a_label("b\u00fccher") == "xn--bcher-kva");
    CHECK(a_label("EXAMPLE") == "example");
    CHECK(a_label("\u4ed6\u4eec\u4e3a\u4ec0\u4e48\u4e0d\u8bf4\u4e2d\u6587") ==
          "xn--ihqwcrb4cv8a8dqg056pqjye");
    CHECK(a_label("\u0644\u064a\u0647\u0645\u0627\u0628\u062a\u0643\u0644\u0645\u0648\u0634"
                  "\u0639\u0631\u0628\u064a\u061f") == "xn--egbpdaj6bu4bxfgehfvwxn");
    CHECK(a_label("3\u5e74b\u7d44\u91d1\u516b\u5148\u751f") == "xn--3b-ww4c5e180e575a65lsy2b");
    CHECK(a_label("stra\u00dfe") == "xn--strae-oqa");
    CHECK_FALSE(a_label(""));
    CHECK_FALSE(a_label("\xff"));
    CHECK_FALSE(a_label(std::string(64, 'a')));
}

TEST_CASE("ST-06: exactly one From with one address", "[author]") {
    struct Row {
        std::string field;
        Status status;
        std::string address;
    };
    const std::string a = "alice@example.org";
    for (const Row& row : std::vector<Row>{
             {"From: alice@example.org", Status::one, a},
             {"From: <alice@example.org>", Status::one, a},
             {"from:Alice <alice@example.org>", Status::one, a},
             {"FROM: Alice von Beispiel <alice@example.org>", Status::one, a},
             {"From: \"Beispiel, Alice\" <alice@example.org>", Status::one, a},
             {"From: John Q. Public <alice@example.org>", Status::one, a},
             {"From: Alice\r\n <alice@example.org>", Status::one, a},
             {"From: =?utf-8?Q?Alice?= <alice@example.org>", Status::one, a},
             {"From: J\u00f6rg <alice@example.org>", Status::one, a},
             {"From: alice@example.org (Alice)", Status::one, a},
             {"From: (Alice (at work)) alice@example.org", Status::one, a},
             {"From: \"alice@example.org\" <alice@example.org>", Status::one, a},
             {"From: 'alice@example.org' <alice@example.org>", Status::none,
              ""},  // "@" is in no phrase
             {"From: Alice @ work <alice@example.org>", Status::none, ""},
             {"From: \"Alice @ work\" <alice@example.org>", Status::one, a},
             // No author at all.
             {"Sender: alice@example.org", Status::none, ""},
             {"From:", Status::none, ""},
             {"From: <>", Status::none, ""},
             {"From: undisclosed:;", Status::several, ""},
             {"From: group: alice@example.org;", Status::several, ""},
             {"From: Alice", Status::none, ""},
             {"From: alice@example.org <mallory@evil.example>", Status::none, ""},
             {"From: <alice@example.org> <mallory@evil.example>", Status::none, ""},
             {"From: alice@example.org mallory@evil.example", Status::none, ""},
             {"From: <alice@example.org", Status::none, ""},
             {"From: \"alice@example.org", Status::none, ""},
             {"From: (alice@example.org", Status::none, ""},
             {"From: <@relay.example:alice@example.org>", Status::none, ""},
             {"From: alice @example.org", Status::one, a},  // CFWS around a dot-atom
             {"From: <alice@example.org\r\n >", Status::none, ""},
             {"From: <alice(c)@example.org>", Status::none, ""},
             {"From: alice@example.org\0 <mallory@evil.example>"s, Status::none, ""},
             {"From: " + std::string(5000, 'a') + " <alice@example.org>", Status::none, ""},
             // Too many.
             {"From: alice@example.org, mallory@evil.example", Status::several, ""},
             {"From: alice@example.org,", Status::several, ""},
             {"From: alice@example.org; mallory@evil.example", Status::several, ""},
             {"From: alice@example.org\r\nFrom: mallory@evil.example", Status::several, a},
             {"From: alice@example.org\r\nFrom : mallory@evil.example", Status::several, a},
             {"From: alice@example.org\r\nfROM: alice@example.org", Status::several, a},
             {"From: alice@example.org\r\nFr\x80om: mallory@evil.example", Status::several, a},
             // Another one to see.
             {"From: \"bob@example.org\" <alice@example.org>", Status::display_name, a},
             {"From: \"Bob <bob@example.org>\" <alice@example.org>", Status::display_name, a},
             {"From: =?utf-8?Q?bob=40example.org?= <alice@example.org>", Status::display_name, a},
             {"From: =?utf-8?B?Ym9iQGV4YW1wbGUub3Jn?= <alice@example.org>", Status::display_name,
              a},
             {"From: =?utf-8?Q?bob?= =?utf-8?Q?=40example.org?= <alice@example.org>",
              Status::display_name, a},
             {"From: =?utf-8?Q?bob=EF=BC=A0example.org?= <alice@example.org>", Status::display_name,
              a},
             {"From: =?utf-7?Q?bob+AEA-example.org?= <alice@example.org>", Status::display_name, a},
             {"From: \"=?utf-8?Q?bob=40example.org?=\" <alice@example.org>", Status::display_name,
              a},
             {"From: alice@example.org (bob@example.org)", Status::display_name, a},
             {"From: (bob@example.org) <alice@example.org>", Status::display_name, a},
             {"From: \"b\\ob@example.org\" <alice@example.org>", Status::display_name, a},
         }) {
        INFO(row.field);
        const Author author = Author::read(row.field + "\r\nTo: bob@example.org\r\n\r\n");
        CHECK(static_cast<int>(author.status) == static_cast<int>(row.status));
        CHECK((author.address ? author.address->text() : "") == row.address);
    }
}

TEST_CASE("A long From field is read in time", "[author]") {
    std::string words;
    while (words.size() < 4000) words += "=?a?q?";
    CHECK(Author::read("From: " + words + " <alice@example.org>\r\n\r\n").status !=
          Status::several);
    bool hides = false;
    CHECK(without_encoded_words("=?utf-8?q?a_b?= \r\n =?utf-8?q?c?= d", hides) == "a bc d");
    // In UTF-8; a character that is cut in two is whole again, in its own charset.
    CHECK(smime::decoded_text("\xfc =?iso-8859-1*de?q?=E4?= =?utf-8?q?=C3?= =?UTF-8?b?pA==?= x =?y",
                              hides) == "\xc3\xbc \xc3\xa4\xc3\xa4 x =?y");
    CHECK_FALSE(hides);
    bool utf7 = false;
    CHECK(smime::decoded_text("a =?utf-7?q?+AFs-?=", utf7) == "a \xef\xbf\xbd");
    CHECK(utf7);
    CHECK_FALSE(hides);
}

TEST_CASE("Dates of RFC 5322 and of others", "[author]") {
    using namespace std::chrono;
    const auto moment = [](int y, unsigned m, unsigned d, int h, int min, int s) {
        return sys_days{year{y} / month{m} / day{d}} + hours{h} + minutes{min} + seconds{s};
    };
    CHECK(read_date("Mon, 23 Nov 2026 10:00:00 +0100") == moment(2026, 11, 23, 9, 0, 0));
    CHECK(read_date(" 23 Nov 2026 10:00 -0230 ") == moment(2026, 11, 23, 12, 30, 0));
    CHECK(read_date("Mon,23 nov 2026 10:00:00 GMT") == moment(2026, 11, 23, 10, 0, 0));
    CHECK(read_date("Mon, 23 Nov 2026 10:00:00 EST (Eastern (US))") ==
          moment(2026, 11, 23, 15, 0, 0));
    CHECK(read_date("1 Jan 49 00:00:00 +0000") == moment(2049, 1, 1, 0, 0, 0));
    CHECK(read_date("1 Jan 50 00:00:00 +0000") == moment(1950, 1, 1, 0, 0, 0));
    CHECK(read_date("Mon, 23 Nov 2026\r\n 10:00:00 A") == moment(2026, 11, 23, 10, 0, 0));
    for (const auto text : {"", "today", "32 Jan 2026 10:00:00 +0000", "30 Feb 2026 10:00:00 +0000",
                            "23 Nov 2026 24:00:00 +0000", "23 Nov 2026 10:60:00 +0000",
                            "23 Nov 2026 10:00:00", "23 Nov 2026 10:00:00 +01", "23 Nov 2026",
                            "23 Nov 2026 10:00:00 +0000 x", "23 Nov 999999 10:00:00 +0000"})
        CHECK_FALSE(read_date(text));
    CHECK(Author::read("Date: 23 Nov 2026 10:00:00 +0000\r\n\r\n").date);
    const auto two = Author::read(
        "Date: 23 Nov 2026 10:00:00 +0000\r\nDATE : 24 Nov 2026 10:00:00 +0000\r\n\r\n");
    CHECK(two.doubtful_date);
}

TEST_CASE("CERT-06: a message came when its topmost Received field says", "[author]") {
    using namespace std::chrono;
    const sys_seconds now = sys_days{year{2026} / 11 / 30} + hours{12};
    const auto at = [&](const std::string& header) -> std::string {
        const auto time = smime::arrival_time(header + "From: a@example.org\r\n\r\nbody\r\n", now);
        return time ? smime::time_text(*time) : "";
    };
    const std::string by_us = "Received: from a by b for <c@example.org>; ";
    const std::string before = "Received: from x by a; 1 Jan 2001 00:00:00 +0000\r\n";
    CHECK(at(by_us + "Mon, 23 Nov 2026 10:00:00 +0100\r\n" + before) == "2026-11-23T09:00:00Z");
    CHECK(at("Return-Path: <a>\r\nreceived: by b;\r\n\tMon, 23 Nov 2026\r\n 10:00:00 +0000 "
             "(CET)\r\n" +
             before) == "2026-11-23T10:00:00Z");
    // What the sender said of himself is no date.
    CHECK(at("Received: from [x; 1 Jan 2001 00:00:00 +0000] by b;\r\n 23 Nov 2026 10:00:00 "
             "GMT\r\n") == "2026-11-23T10:00:00Z");
    // Never later than now.
    CHECK(at(by_us + "Mon, 30 Nov 2026 12:00:01 +0000\r\n") == "2026-11-30T12:00:00Z");
    CHECK(at(by_us + "1 Jan 2099 00:00:00 +0000\r\n") == "2026-11-30T12:00:00Z");
    // No other field stands in for one that does not say.
    CHECK(at(by_us + "yesterday\r\n" + before).empty());
    CHECK(at("Received: by b\r\n" + before).empty());
    CHECK(at("Received:\r\n" + before).empty());
    CHECK(at("Date: 23 Nov 2026 10:00:00 +0000\r\nX-Received: by b; 23 Nov 2026 10:00:00 +0000\r\n")
              .empty());
    CHECK(smime::arrival_time("From: a\r\n\r\n" + before, now) == std::nullopt);
}
