#include "proxy/exchange.hpp"

#include <random>

#include "proxy/deflate.hpp"
#include "proxy/first_line.hpp"
#include "proxy/limits.hpp"
#include "proxy/protocol_error.hpp"
#include "tests/catch.hpp"
#include "tests/pieces.hpp"

namespace {

/// What an Exchange lets out on either side.
struct Passed {
    std::string to_client, to_server;
    std::size_t most_waiting = 0;
};

Passed pass(std::string_view client, std::string_view server, std::size_t step) {
    proxy::ViewCache cache{1 << 20};
    proxy::Exchange exchange{{true, 1 << 20}, cache, "PK."};
    Passed passed;
    std::size_t c = 0, s = 0;
    while (c < client.size() || s < server.size()) {
        const std::string from_client{client.substr(c, step)}, from_server{server.substr(s, step)};
        c += from_client.size();
        s += from_server.size();
        exchange.from_client(from_client);
        exchange.from_server(from_server);
        passed.most_waiting = std::max(passed.most_waiting,
                                       exchange.to_client().size() + exchange.to_server().size());
        passed.to_client += std::exchange(exchange.to_client(), {});
        passed.to_server += std::exchange(exchange.to_server(), {});
    }
    return passed;
}

const std::string log_in = "a LOGIN u p\r\n", logged_in = "* OK ready\r\na OK in\r\n";

/// An Exchange whose client has logged in, and asks for a listing.
struct Listing {
    proxy::ViewCache cache{1 << 20};
    proxy::Exchange exchange{{true, 1 << 20}, cache, "PK."};
    explicit Listing(const std::string& items) {
        exchange.from_client(log_in);
        exchange.from_server(logged_in);
        exchange.from_client("b UID FETCH 1:* " + items + "\r\n");
        exchange.to_client().clear();
    }
};

}  // namespace

TEST_CASE("without S/MIME an Exchange is the identity, however the octets come", "[exchange]") {
    const std::string server =
        logged_in +
        "* 5 EXISTS\r\n* OK [UIDVALIDITY 7] {3}\r\n* 1 FETCH (UID 4 FLAGS (\\Seen))\r\n"
        "* 2 FETCH (BODY[] {32}\r\nSubject: x\r\n\r\n* 9 EXPUNGE {5}\r\nabc)\r\n"
        "* 3 FETCH (BODY[HEADER] {12}\r\nSubject: x\r\n UID 6 BODY[] NIL)\r\n"
        "* 4 FETCH (RFC822 {0}\r\n UID 3)\r\n* garbage ((\r\n\0\xff\n\n\r\n+ \r\nb OK done\r\n";
    const std::string client = log_in +
                               "b FETCH 1:4 BODY[]\r\nc APPEND x {5+}\r\nA1 LO\r\nd APPEND x "
                               "{3}\r\nabc\r\nnonsense\r\n\r\n\n* ( \"\r\n";
    for (std::size_t step = 1; step <= std::max(client.size(), server.size()); ++step) {
        const auto passed = pass(client, server, step);
        REQUIRE(passed.to_client == server);
        REQUIRE(passed.to_server == client);
    }
}

TEST_CASE("octets of a server that mean nothing come through as they are", "[exchange]") {
    std::mt19937 random{20261123};
    const std::string alphabet = "* 1FETCH(UID BODY[]{3}\r\n\"\\)+aOK~";
    for (int round = 0; round < 300; ++round) {
        std::string server = logged_in;
        for (int i = 0; i < 400; ++i) server += alphabet[random() % alphabet.size()];
        server += "\r\n";
        const auto whole = pass(log_in, server, server.size());
        // What is held at the end is the beginning of a FETCH response, or a line without an end.
        REQUIRE(server.starts_with(whole.to_client));
        REQUIRE(pass(log_in, server, 1).to_client == whole.to_client);
    }
}

TEST_CASE("a literal streams: what is announced is not waited for (IMAP-01)", "[exchange]") {
    std::string server = logged_in + "* 1 FETCH (BODY[] {9000000000}\r\nSubject: x\r\n\r\n";
    server += std::string(3'000'000, 'x');
    const auto passed = pass(log_in, server, 64 * 1024);
    REQUIRE(passed.to_client == server);
    REQUIRE(passed.most_waiting < 200 * 1024);
}

TEST_CASE("a candidate is held no further than the limit of a message", "[exchange]") {
    const std::string header = "Content-Type: application/pkcs7-mime\r\n\r\n";
    std::string server = logged_in + "* 1 FETCH (BODY[] {2000000}\r\n" + header;
    server += std::string(2'000'000 - header.size(), 'x') + ")\r\n";
    const auto passed = pass(log_in, server, 64 * 1024);
    REQUIRE(passed.to_client == server);
    REQUIRE(passed.most_waiting < 200 * 1024);
}

TEST_CASE("a gated client meets back-pressure", "[exchange]") {
    proxy::ViewCache cache{1 << 20};
    proxy::Exchange exchange{{true, 1 << 20}, cache, "PK."};
    exchange.from_client(log_in);
    exchange.from_server(logged_in);
    exchange.from_client("b FETCH 1:* ENVELOPE\r\n");
    REQUIRE(exchange.reads_client());
    while (exchange.reads_client()) exchange.from_client(std::string(1000, 'c') + " NOOP\r\n");
    REQUIRE(exchange.has_client_work());
    exchange.from_server("b OK nothing\r\n");
    exchange.to_server().clear();
    REQUIRE(exchange.reads_client());
    REQUIRE_FALSE(exchange.has_client_work());
}

TEST_CASE("thousands of pipelined commands are carried out in their order, not in their depth",
          "[exchange]") {
    proxy::ViewCache cache{1 << 20};
    proxy::Exchange exchange{{true, 1 << 20}, cache, "PK."};
    exchange.from_client(log_in);
    exchange.from_server(logged_in);
    std::string commands;
    for (int i = 0; i < 20'000; ++i) commands += "x FETCH 1 SNIPPET\r\n";
    exchange.from_client("b FETCH 1 ENVELOPE\r\n" + commands);
    exchange.from_server("b OK nothing\r\n");
    const auto answers = exchange.to_client();
    REQUIRE(static_cast<std::size_t>(std::count(answers.begin(), answers.end(), '\n')) == 20'003);
}

TEST_CASE("a long listing does not wait for the S/MIME mail at its head", "[exchange]") {
    Listing listing{"(RFC822.SIZE)"};
    auto& exchange = listing.exchange;
    exchange.from_server(
        "* 1 FETCH (UID 1 RFC822.SIZE 9 BODYSTRUCTURE (\"application\" \"pkcs7-mime\" NIL NIL NIL "
        "\"base64\" 6 NIL NIL NIL NIL))\r\n");
    std::string expected;
    const std::string literal(100'000, 'x');
    bool is_streaming = false;
    for (int n = 2; n <= 300; ++n) {
        const auto head = "* " + std::to_string(n) + " FETCH (UID " + std::to_string(n) +
                          " RFC822.SIZE 9 X {100000}\r\n" + literal;
        exchange.from_server(head +
                             " BODYSTRUCTURE (\"text\" \"plain\" NIL NIL NIL \"7bit\" 6 1))\r\n");
        expected += head + ")\r\n";
        const auto passed = std::exchange(exchange.to_client(), {});
        REQUIRE(exchange.reads_server());
        is_streaming = is_streaming || !passed.empty();
        REQUIRE(expected.starts_with(passed));
        expected.erase(0, passed.size());
        REQUIRE(expected.size() <= proxy::limits::held_listing + head.size());
    }
    CHECK(is_streaming);
    CHECK(expected.empty());
    exchange.from_server("b OK done\r\n");
    CHECK(exchange.to_server().ends_with("PK.1 UID FETCH 1 (UID BODY.PEEK[])\r\n"));
    exchange.from_server("* 1 FETCH (UID 1 BODY[] {6}\r\nA: b\r\n)\r\nPK.1 OK done\r\n");
    exchange.from_server("* 1 FETCH (UID 1 RFC822.SIZE 9)\r\nPK.2 OK done\r\n");
    CHECK(exchange.to_client() == "* 1 FETCH (UID 1 RFC822.SIZE 9)\r\nb OK done\r\n");
}

namespace {

std::string listed(int number) {
    const auto n = std::to_string(number);
    return "* " + n + " FETCH (UID " + n +
           " BODYSTRUCTURE (\"application\" \"pkcs7-mime\" NIL NIL NIL \"base64\" 6 NIL NIL NIL "
           "NIL) "
           "BODY[HEADER] {2}\r\n\r\n)\r\n";
}

}  // namespace

TEST_CASE("what a server had said goes to the client though it has gone", "[exchange]") {
    Listing listing{"(UID BODY.PEEK[HEADER])"};
    auto& exchange = listing.exchange;
    exchange.from_server(listed(1) + "* 5 EXISTS\r\n* BYE tired\r\n");
    CHECK(exchange.to_client().empty());
    exchange.on_server_ended();
    CHECK(exchange.to_client() == "* 5 EXISTS\r\n* BYE tired\r\n");
    CHECK(!exchange.awaits_opening());
}

TEST_CASE("large answers of a listing do not wait for one that does not come", "[exchange]") {
    Listing listing{"(UID BODY.PEEK[HEADER])"};
    auto& exchange = listing.exchange;
    exchange.from_server(listed(1) + listed(2) + "b OK done\r\n");
    exchange.from_server(
        "* 2 FETCH (UID 2 BODY[] {44}\r\nContent-Type: application/pkcs7-mime\r\n\r\nAA\r\n)\r\n");
    auto requests = exchange.take_open_requests();
    REQUIRE(requests.size() == 1);
    proxy::OpenResult result;
    result.id = requests[0].id;
    result.octets = requests[0].response.size();
    result.response = "* 2 FETCH (UID 2 BODY[] NIL)\r\n";
    const auto header = "Subject: " + std::string(proxy::limits::held_listing, 'x') + "\r\n\r\n";
    result.items = std::make_shared<const proxy::MessageItems>(
        smime::View{header, keystore::SecretBytes{}, 0, 0});
    exchange.on_opened(std::move(result));
    CHECK(exchange.to_client().size() > proxy::limits::held_listing);
    CHECK(exchange.to_client().starts_with("* 2 FETCH (UID 2 BODY[HEADER] {"));
}

TEST_CASE("a server that answers commands nobody sent ends the session (IMAP-06)", "[exchange]") {
    proxy::ViewCache cache{1 << 20};
    proxy::Exchange exchange{{true, 1 << 20}, cache, "PK."};
    REQUIRE_THROWS(exchange.from_server("* OK ready\r\nPK.1 OK done\r\n"));
}

TEST_CASE("a mailbox full of gaps makes no line that a server refuses", "[exchange]") {
    proxy::ViewCache cache{1 << 20};
    proxy::Exchange exchange{{true, 1 << 20}, cache, "PK."};
    exchange.from_server("* OK ready\r\n");
    exchange.from_client(log_in);
    exchange.from_server("a OK in\r\n");
    exchange.to_server().clear();
    std::size_t longest = 0, answered = 0;
    std::string structure =
        R"(("text" "plain" ("charset" "us-ascii") NIL NIL "7bit" 10 1 NIL NIL NIL NIL))";
    const auto serve = [&] {
        while (!exchange.to_server().empty()) {
            const auto line = std::exchange(exchange.to_server(), {});
            longest = std::max(longest, line.size());
            const auto tag = line.substr(0, line.find(' '));
            std::string answers;
            for (int number = 1; number <= 20'000; ++number) {
                if (line.find("BODYSTRUCTURE") == line.npos) break;
                const std::string p7m =
                    R"(("application" "pkcs7-mime" NIL NIL NIL "7bit" 6 NIL NIL NIL NIL))";
                answers += "* " + std::to_string(number) + " FETCH (UID " +
                           std::to_string(3 * number) + " BODYSTRUCTURE " +
                           (number % 100 == 0 ? p7m : structure) + ")\r\n";
            }
            exchange.from_server(answers + tag + " OK done\r\n");
            ++answered;
        }
    };
    exchange.from_client("b UID FETCH 1:* BODY.PEEK[1]<0.100>\r\n");
    serve();
    structure = R"(("application" "pkcs7-mime" NIL NIL NIL "7bit" 6 NIL NIL NIL NIL))";
    exchange.from_client("c UID FETCH 1:* BODY.PEEK[1]<0.100>\r\n");
    serve();
    CHECK(longest < 8000);
    CHECK(answered > 200);
    CHECK(exchange.to_client().ends_with("c OK done\r\n"));
    CHECK_FALSE(exchange.has_client_work());
}

TEST_CASE("a client that reads no replies is not read either (REL-04)", "[exchange]") {
    proxy::ViewCache cache{1 << 20};
    proxy::Exchange exchange{{true, 1 << 20}, cache, "PK."};
    std::string commands;
    while (commands.size() < 64 * 1024) commands += "a COMPRESS DEFLATE\r\n";
    std::size_t rounds = 0;
    while (exchange.reads_client() && rounds < 10'000) {
        exchange.from_client(commands);
        ++rounds;
    }
    CHECK(exchange.to_client().size() < (32U << 20));
    exchange.to_client().clear();
    CHECK(exchange.reads_client());
}

TEST_CASE("a SEARCH of any size passes, but one for our keywords", "[exchange]") {
    const std::string text(100'000, 'x');
    const std::string search = "b SEARCH TEXT {100000+}\r\n" + text;
    const std::string client = log_in + search + " ALL\r\nc NOOP\r\n";
    const std::string server = logged_in + "* SEARCH 1\r\nb OK\r\nc OK\r\n";
    for (const std::size_t step : {1U, 1000U, 1'000'000U}) {
        const auto passed = pass(client, server, step);
        CHECK(passed.to_server == client);
        CHECK(passed.to_client == server);
    }
    const std::string ours = log_in + "b UID SEARCH KEYWORD $SMIME-Verified";
    CHECK_THROWS_AS(pass(ours + " TEXT {100000+}\r\n" + text + "\r\n", logged_in, 1'000'000),
                    proxy::ProtocolError);
    std::string result = "* SEARCH";
    while (result.size() <= proxy::limits::search_response) result += " 4000000000";
    CHECK_THROWS_AS(pass(ours + "\r\n", logged_in + result + "\r\n", 1'000'000),
                    proxy::ProtocolError);
}

TEST_CASE("a client that pipelines without end waits for the server", "[exchange]") {
    proxy::ViewCache cache{1 << 20};
    proxy::Exchange exchange{{true, 1 << 20}, cache, "PK."};
    exchange.from_client(log_in);
    exchange.from_server(logged_in);
    std::size_t commands = 0;
    for (; exchange.reads_client() && commands < 100'000; ++commands) {
        exchange.from_client("b NOOP\r\n");
        exchange.to_server().clear();  // the server takes all and answers nothing
    }
    CHECK(commands == proxy::limits::commands_with_server);
    exchange.from_server("b OK\r\n");
    CHECK(exchange.reads_client());
}

TEST_CASE("COMPRESS begins behind its OK, once nothing is under way", "[exchange][compress]") {
    proxy::ViewCache cache{1 << 20};
    proxy::Exchange exchange{
        {true, 1 << 20, smime::Errant::leave, false, nullptr, nullptr, nullptr, true, true},
        cache,
        "PK."};
    exchange.from_client(log_in);
    exchange.from_server("* OK ready\r\na OK [CAPABILITY IMAP4rev1 COMPRESS=DEFLATE] in\r\n");
    CHECK(exchange.to_client().ends_with("[CAPABILITY IMAP4rev1 COMPRESS=DEFLATE] in\r\n"));
    // The server's leg first; the client waits for it.
    CHECK(exchange.to_server() == log_in + "PK.1 COMPRESS DEFLATE\r\n");
    exchange.to_server().clear();
    exchange.to_client().clear();
    exchange.from_client("b NOOP\r\nc COMPRESS DEFLATE\r\n");
    CHECK(exchange.to_server().empty());
    CHECK_FALSE(exchange.take_server_compression());
    exchange.from_server("* 1 EXISTS\r\nPK.1 OK\r\ncompressed");
    CHECK(exchange.take_server_compression() == "compressed");
    CHECK(exchange.to_client() == "* 1 EXISTS\r\n");
    CHECK(exchange.to_server() == "b NOOP\r\n");
    CHECK_FALSE(exchange.take_client_compression());
    exchange.from_server("b OK done\r\n* 2 EXISTS\r\n");
    CHECK(exchange.to_client() ==
          "* 1 EXISTS\r\nb OK done\r\nc OK Compressed from here on.\r\n* 2 EXISTS\r\n");
    CHECK_THROWS_AS(exchange.from_client("d"), proxy::ProtocolError);
    CHECK(exchange.take_client_compression() ==
          exchange.to_client().size() - std::string{"* 2 EXISTS\r\n"}.size());
    exchange.from_client("d NOOP\r\n");
    CHECK(exchange.to_server() == "b NOOP\r\nd NOOP\r\n");
}

TEST_CASE("what was deflated inflates to itself, however it is cut", "[compress]") {
    proxy::Deflater deflater;
    std::string text, compressed;
    for (int i = 0; i < 60; ++i) {
        const auto piece = "* " + std::to_string(i * i) + " FETCH (FLAGS (\\Seen))\r\n";
        text += piece;
        compressed += deflater.compress(piece, i % 3 == 0 || i == 59);
    }
    REQUIRE(compressed.size() < text.size());
    tests::for_every_split(compressed, [&](const std::vector<std::string_view>& pieces) {
        proxy::Inflater inflater;
        std::string inflated;
        std::vector<char> buffer(7);  // a reader of little
        for (const auto piece : pieces) {
            inflater.push(piece);
            while (const auto count = inflater.read(buffer)) inflated.append(buffer.data(), count);
        }
        REQUIRE(inflated == text);
        REQUIRE_FALSE(inflater.ended());
    });
    proxy::Inflater inflater;
    inflater.push("\xff\xff");  // a block of a kind that there is not
    std::vector<char> buffer(100);
    CHECK_THROWS_AS(inflater.read(buffer), proxy::ProtocolError);
}

TEST_CASE("a client's first words tell whether it speaks IMAP (LOC-05)", "[first_line]") {
    const auto accepts = [](std::string_view octets) {
        std::optional<bool> verdict;
        tests::for_every_split(octets, [&](const std::vector<std::string_view>& pieces) {
            bool accepted = true;
            try {
                proxy::FirstLine line;
                for (const auto piece : pieces) line.look_at(piece);
            } catch (const proxy::ProtocolError& error) {
                CHECK(std::string_view{error.what()}.find("evil") == std::string_view::npos);
                accepted = false;
            }
            REQUIRE(verdict.value_or(accepted) == accepted);
            verdict = accepted;
        });
        return *verdict;
    };
    for (const std::string_view octets :
         {"a NOOP\r\n", "A.1 login u p\r\n", "]1 UID FETCH 1 x\r\n", "a1 X-UNKNOWN\n", "a", "a ",
          "a LOG", "a NOOP\r\nGET / HTTP/1.1\r\n"}) {
        INFO(octets);
        CHECK(accepts(octets));
    }
    for (const std::string_view octets :
         {"GET / HTTP/1.1\r\nevil", "POST /evil HTTP/1.1\r\n", "CONNECT evil:443 HTTP/1.1\r\n",
          "PRI * HTTP/2.0\r\n", "\x16\x03\x01\x02", "SSH-2.0-evil\r\n", "\r\n", "\n", "evil\r\n",
          " a NOOP\r\n", "a  NOOP\r\n", "a 1\r\n", "+ NOOP\r\n", "a NOOP\tx\r\n", "\x80 NOOP\r\n",
          "a \r\n"}) {
        INFO(octets);
        CHECK_FALSE(accepts(octets));
    }
    CHECK_FALSE(accepts(std::string(300, 'e')));
}
