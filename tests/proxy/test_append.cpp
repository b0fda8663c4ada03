#include <filesystem>
#include <fstream>
#include <sstream>

#include "proxy/append_decision.hpp"
#include "proxy/exchange.hpp"
#include "proxy/limits.hpp"
#include "proxy/own_certificate.hpp"
#include "smime/header.hpp"
#include "tests/catch.hpp"

using proxy::AppendedHeader;
using proxy::AppendResult;

namespace {

smime::View view_of(const std::string& text) {
    const auto end = smime::header_size(text);
    keystore::SecretBytes body{
        keystore::BytesView{reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}};
    return smime::View{text.substr(0, end), std::move(body), end, text.size() - end};
}

proxy::MessageDigest whole(const std::string& text) {
    const auto end = smime::header_size(text);
    return proxy::MessageFingerprint::of(std::string_view{text}.substr(0, end),
                                         std::string_view{text}.substr(end))
        .whole;
}

proxy::AppendRules rules(proxy::PlaintextCopies copies, bool encrypts) {
    proxy::AppendRules rules;
    rules.copies = copies;
    rules.encrypts = encrypts;
    rules.max_message = 1 << 20;
    rules.opened = std::make_shared<proxy::OpenedMessages>();
    rules.encrypt = [](std::string_view) -> proxy::Encryption { return {{}, "no key"}; };
    return rules;
}

const std::string view =
    "X-Paperknife: encryption=authenticated\r\nMessage-ID: <1@a>\r\nSubject: x\r\n\r\nText\r\n";

}  // namespace

TEST_CASE("a fingerprint does not see what mail clients change in copies", "[append]") {
    const auto same = whole(view);
    CHECK(whole("X-Mozilla-Status: 0001\r\n" + view) == same);
    CHECK(whole("X-Evolution-Source: 5\r\nStatus: RO\r\nX-TUID: x\r\n" + view) == same);
    CHECK(whole(view + "\r\n\n") == same);
    CHECK(
        whole("X-Paperknife: encryption=authenticated\nMessage-ID: <1@a>\nSubject: x\n\nText\n") ==
        same);
    // And sees everything else.
    CHECK_FALSE(whole("To: b@a\r\n" + view) == same);
    CHECK_FALSE(whole(view + ".\r\n") == same);
    CHECK_FALSE(whole("X-Paperknife: encryption=authenticated\r\nMessage-ID: <1@a>\r\n"
                      "Subject: x\r\nText\r\n\r\n") == same);
    CHECK_FALSE(whole(std::string{view}.replace(view.find("Text"), 4, "Texts")) == same);
}

TEST_CASE("identifiers are read from folded and broken fields", "[append]") {
    using Ids = std::vector<std::string_view>;
    CHECK(proxy::message_ids("References: <a@b>\r\n <c@d> (x)<e>\r\nIn-Reply-To: <f@g>\r\n\r\n<h>",
                             "References") == Ids{"<a@b>", "<c@d>", "<e>"});
    CHECK(proxy::message_ids("references: <a <b> c> <d\r\n\r\n", "References") == Ids{"<a <b>"});
    CHECK(proxy::message_ids("Subject: x\r\n\r\n", "References").empty());
    std::string many = "References:";
    for (int i = 0; i < 5000; ++i) many += " <a@b>";
    CHECK(proxy::message_ids(many, "References").size() == proxy::limits::message_ids);
}

TEST_CASE("opened messages are remembered within their limits", "[append]") {
    proxy::OpenedMessages opened;
    const std::string original(1 << 20, 'o');
    const auto numbered = [](std::size_t number) {
        return "Message-ID: <" + std::to_string(number) + "@a>\r\n\r\nText\r\n";
    };
    for (std::size_t i = 0; i < 40; ++i) opened.learn(view_of(numbered(i)), original, true);
    // 32 MiB of originals are at hand, and the knowledge of the others.
    CHECK_FALSE(opened.find(whole(numbered(7)))->octets);
    CHECK(opened.find(whole(numbered(8)))->octets);
    CHECK(*opened.find(whole(numbered(39)))->octets == original);
    CHECK(opened.has_encrypted("<0@a>"));
    // One that is opened anew is at hand anew.
    opened.learn(view_of(numbered(0)), "again", true);
    CHECK(*opened.find(whole(numbered(0)))->octets == "again");
    // Of messages that are too large only their view is known, and of views that are, nothing.
    opened.learn(view_of(numbered(100)), std::string(proxy::limits::original + 1, 'o'), true);
    CHECK(opened.find(whole(numbered(100))));
    CHECK_FALSE(opened.find(whole(numbered(100)))->octets);
    const auto large = numbered(101) + std::string(proxy::limits::fingerprinted, 'x');
    opened.learn(view_of(large), "x", true);
    CHECK_FALSE(opened.find(whole(large)));
    for (std::size_t i = 1000; i < 1000 + proxy::limits::opened_messages; ++i)
        opened.learn(view_of(numbered(i)), "o", true);
    CHECK_FALSE(opened.find(whole(numbered(39))));
    CHECK_FALSE(opened.has_encrypted("<39@a>"));
    CHECK_FALSE(opened.has_header(proxy::header_fingerprint("Message-ID: <39@a>\r\n\r\n")));
    CHECK(opened.has_encrypted("<1000@a>"));
}

TEST_CASE("a header tells what a message has to do with encrypted mail", "[append]") {
    using Relation = AppendedHeader::Relation;
    proxy::OpenedMessages opened;
    opened.learn(view_of(view), "original", true);
    opened.learn(view_of("Message-ID: <2@a>\r\n\r\nSigned\r\n"), "original", false);
    struct Row {
        std::string header;
        Relation relation;
        bool known, encrypted;
    };
    const std::vector<Row> rows{
        {"Subject: x\r\n\r\n", Relation::none, false, false},
        {"", Relation::none, false, false},
        {view, Relation::copy, true, false},
        {"x-paperknife: encryption=legacy; layers=x\r\n\r\n", Relation::copy, false, false},
        {"X-Mozilla-Status: 1\r\nStatus: RO\r\nX-Paperknife: encryption=legacy\r\n\r\n",
         Relation::copy, false, false},
        // Below what was sent it is not ours.
        {"Received: x\r\nX-Paperknife: encryption=legacy\r\n\r\n", Relation::none, false, false},
        {"From: a@b\r\nX-Paperknife: encryption=legacy\r\n\r\n", Relation::none, false, false},
        {"X-Paperknife:\r\n encryption=unauthenticated\r\n\r\n", Relation::copy, false, false},
        {"X-Paperknife: encryption=none; layers=signed-data\r\n\r\n", Relation::none, false, false},
        {"X-Paperknife: encryption=failed\r\n\r\n", Relation::none, false, false},
        {"Message-ID: <1@a>\r\n\r\n", Relation::derived, false, false},
        {"Message-ID: <2@a>\r\n\r\n", Relation::none, true, false},
        {"In-Reply-To: <1@a>\r\n\r\n", Relation::derived, false, false},
        {"X-Forwarded-Message-Id: <1@a>\r\n\r\n", Relation::derived, false, false},
        {"References: <2@a> <3@a>\r\n\r\n", Relation::none, false, false},
        {"References: <1@a>\nContent-Type: application/pkcs7-mime\n\n", Relation::derived, false,
         true},
        {"Content-Type: application/x-pkcs7-mime; smime-type=\"Enveloped-Data\"\r\n\r\n",
         Relation::none, false, true},
        {"Content-Type: application/pkcs7-mime; smime-type=signed-data\r\n\r\n", Relation::none,
         false, false},
        {"Content-Type: multipart/signed; protocol=\"application/pkcs7-signature\"\r\n\r\n",
         Relation::none, false, false},
        {"Content-Type: application/octet-stream; name=smime.p7m\r\n\r\n", Relation::none, false,
         true},
        {"Content-Type: multipart/encrypted\r\n\r\n", Relation::none, false, true},
    };
    for (const auto& row : rows) {
        INFO(row.header);
        const auto header = proxy::read_appended_header(
            std::string_view{row.header}.substr(0, smime::header_size(row.header)), opened);
        CHECK(header.relation == row.relation);
        CHECK(header.has_known_header == row.known);
        CHECK(header.encrypted == row.encrypted);
    }
}

TEST_CASE("where encryption was asked for nothing passes in plain if it fails", "[append]") {
    auto failing = rules(proxy::PlaintextCopies::allow, true);
    failing.all = true;
    const auto decide = [&] {
        return proxy::decide_append(failing, {{}, keystore::SecretBytes{keystore::Bytes{'x'}}});
    };
    CHECK(decide().outcome == AppendResult::Outcome::refused);
    failing.encrypt = [](std::string_view) -> proxy::Encryption { throw std::bad_alloc{}; };
    const auto refused = decide();
    CHECK(refused.outcome == AppendResult::Outcome::refused);
    CHECK(refused.octets.empty());
    CHECK_FALSE(refused.text.empty());
}

TEST_CASE("an ordinary message streams in constant memory, and one that is refused too",
          "[append]") {
    proxy::ViewCache cache{1 << 20};
    auto guarded = rules(proxy::PlaintextCopies::refuse, false);
    const std::string piece(64 * 1024, 'x');
    constexpr std::size_t octets = 100 * 1024 * 1024;
    for (const std::string header :
         {"Subject: x\r\n\r\n", "X-Paperknife: encryption=legacy\r\n\r\n"})
        for (const std::string plus : {"", "+"}) {
            proxy::Exchange exchange{
                {true, 1 << 20, smime::Errant::leave, false, nullptr, nullptr, &guarded},
                cache,
                "PK."};
            const bool passes = header.starts_with("Subject");
            std::size_t sent = 0, most = 0;
            const auto flush = [&] {
                most = std::max(most, exchange.to_server().size());
                sent += exchange.to_server().size();
                exchange.to_server().clear();
                exchange.to_client().clear();
            };
            exchange.from_client("a APPEND x {" + std::to_string(octets) + plus + "}\r\n" + header);
            if (passes && plus.empty()) exchange.from_server("+ go on\r\n");
            flush();
            for (std::size_t left = octets - header.size(); left > 0;) {
                const auto size = std::min(left, piece.size());
                exchange.from_client(std::string_view{piece}.substr(0, size));
                left -= size;
                flush();
            }
            exchange.from_client("\r\n");
            CHECK(most < 70 * 1024);
            CHECK((sent > octets) == passes);
            CHECK((exchange.to_client().find("a NO [CANNOT]") == 0) == !passes);
        }
}

TEST_CASE("an APPEND is the same however its octets come", "[append]") {
    proxy::ViewCache cache{1 << 20};
    auto guarded = rules(proxy::PlaintextCopies::refuse, true);
    guarded.opened->learn(view_of(view), "original\r\n", true);
    guarded.encrypt = [](std::string_view message) -> proxy::Encryption {
        return {"encrypted " + std::string{message.substr(0, message.find('\r'))} + "\r\n", {}};
    };
    const auto literal = [](const std::string& text, const std::string& plus) {
        return '{' + std::to_string(text.size()) + plus + "}\r\n" + text;
    };
    const std::string plain = "Subject: x\r\n\r\nText\r\n";
    const std::string draft = "In-Reply-To: <1@a>\r\n\r\nText";
    const std::string sealed = literal("encrypted In-Reply-To: <1@a>\r\n", "");
    const std::string client = "a APPEND " + literal("box", "") + " (\\Seen $SMIME-Invalid) " +
                               literal(plain, "") + " ~" + literal(draft, "+") + " " +
                               literal(view, "") + "\r\nb APPEND x UTF8 (~" + literal(draft, "+") +
                               ")\r\nc APPEND x " + literal(view + "more", "+") + "\r\nd NOOP\r\n";
    const auto run = [&](std::size_t step) {
        proxy::Exchange exchange{
            {true, 1 << 20, smime::Errant::leave, false, nullptr, nullptr, &guarded}, cache, "PK."};
        std::string sent, said;
        const auto serve = [&] {
            for (auto& request : exchange.take_append_requests())
                exchange.on_append_decided(proxy::decide_append(guarded, std::move(request)));
            sent += std::exchange(exchange.to_server(), {});
            said += std::exchange(exchange.to_client(), {});
        };
        for (std::size_t at = 0; at < client.size(); at += step) {
            exchange.from_client(client.substr(at, step));
            serve();
            // The server asks for what is announced so.
            while (sent.ends_with("}\r\n") && !sent.ends_with("+}\r\n")) {
                exchange.from_server("+ go on\r\n");
                serve();
            }
        }
        return std::pair{sent, said};
    };
    const auto whole = run(client.size());
    CHECK(whole.first == "a APPEND \"box\" (\\Seen) " + literal(plain, "") + " " + sealed + " " +
                             literal("original\r\n", "") + "\r\nb APPEND x UTF8 (~" + sealed +
                             ")\r\nc APPEND x " +
                             literal("encrypted X-Paperknife: encryption=authenticated\r\n", "") +
                             "\r\nd NOOP\r\n");
    CHECK(whole.second == "+ OK\r\n+ OK\r\n+ OK\r\n");
    for (std::size_t step = 1; step < client.size(); ++step) REQUIRE(run(step) == whole);
}

TEST_CASE("a client that goes within a literal leaves nothing behind", "[append]") {
    proxy::ViewCache cache{1 << 20};
    auto guarded = rules(proxy::PlaintextCopies::refuse, false);
    guarded.opened->learn(view_of(view), "original", true);
    const std::string command = "a APPEND x {" + std::to_string(view.size()) + "+}\r\n" + view;
    for (std::size_t cut = 0; cut < command.size(); ++cut) {
        proxy::Exchange exchange{
            {true, 1 << 20, smime::Errant::leave, false, nullptr, nullptr, &guarded}, cache, "PK."};
        exchange.from_client(std::string_view{command}.substr(0, cut));
        REQUIRE(exchange.to_server().empty());
        REQUIRE(exchange.take_append_requests().empty());
        REQUIRE_FALSE(exchange.has_client_work());
    }
}

TEST_CASE("what comes behind an APPEND that waits is held back (REL-04)", "[append]") {
    proxy::ViewCache cache{1 << 20};
    auto guarded = rules(proxy::PlaintextCopies::refuse, false);
    guarded.opened->learn(view_of(view), "original", true);
    proxy::Exchange exchange{
        {true, 1 << 20, smime::Errant::leave, false, nullptr, nullptr, &guarded}, cache, "PK."};
    exchange.from_client("a APPEND x {" + std::to_string(view.size()) + "+}\r\n" + view + "\r\n");
    while (exchange.reads_client()) exchange.from_client("b NOOP\r\n");
    CHECK(exchange.to_server().empty());
    auto requests = exchange.take_append_requests();
    REQUIRE(requests.size() == 1);
    exchange.on_append_decided(proxy::decide_append(guarded, std::move(requests.front())));
    CHECK(std::exchange(exchange.to_server(), {}) == "a APPEND x {8}\r\n");
    CHECK(exchange.has_client_work());
    exchange.from_server("+ go on\r\n");
    CHECK(exchange.to_server().starts_with("original\r\nb NOOP\r\nb NOOP\r\n"));
    CHECK_FALSE(exchange.has_client_work());
}
