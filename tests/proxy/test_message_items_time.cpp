#include <ctime>

#include "proxy/message_items.hpp"
#include "smime/header.hpp"
#include "tests/catch.hpp"

namespace {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__) || !defined(__OPTIMIZE__)
constexpr double allowed = 10;
#else
constexpr double allowed = 1;
#endif

std::string repeated(std::string_view text, int count) {
    std::string all;
    all.reserve(text.size() * static_cast<std::size_t>(count));
    for (int i = 0; i < count; ++i) all += text;
    return all;
}

/// Seconds of this process that reading a message and answering everything takes.
double seconds(const std::string& message) {
    const auto header = smime::header_size(message);
    const auto* const octets = reinterpret_cast<const std::uint8_t*>(message.data());
    smime::View view{message.substr(0, header),
                     keystore::SecretBytes{keystore::BytesView{octets, message.size()}}, header,
                     message.size() - header};
    const auto start = std::clock();
    const proxy::MessageItems items{std::move(view)};
    imap::Writer out;
    for (const std::string_view item :
         {"RFC822.SIZE", "BODY", "BODYSTRUCTURE", "ENVELOPE", "BODY[HEADER.FIELDS (From To Cc)]",
          "BODY[HEADER.FIELDS.NOT (From)]", "BODY[9999.MIME]", "BODY[1.1.1.1.1.1.1]", "BODY[]"}) {
        imap::Cursor in{item};
        items.write(out, *imap::read_message_data_item_name(in));
    }
    return static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
}

}  // namespace

TEST_CASE("hostile messages are answered in linear time (MIME-10)", "[proxy][items][time]") {
    SECTION("500 000 addresses in one field") {
        CHECK(seconds("To: " + repeated("Name <a@example.org>, ", 500'000) + "\r\n\r\n") < allowed);
    }
    SECTION("500 000 fields of one address") {
        CHECK(seconds(repeated("To: a@b\r\n", 500'000) + "\r\n") < allowed);
    }
    SECTION("500 000 addresses that can't be read") {
        CHECK(seconds("To: " + repeated("(a) <@b \"c\", ", 500'000) + "\r\n\r\n") < allowed);
    }
    SECTION("comments and quotes that nothing closes") {
        CHECK(seconds("To: " + repeated("a (", 500'000) + "\r\n\r\n") < allowed);
        CHECK(seconds("To: " + repeated("\"a\" \"b", 500'000) + "\r\n\r\n") < allowed);
        CHECK(seconds("To: " + repeated("g: a, ", 500'000) + "\r\n\r\n") < allowed);
        CHECK(seconds("Content-Type: text/plain" + repeated(";\"a(", 500'000) + "\r\n\r\n") <
              allowed);
    }
    SECTION("100 000 comments in one another") {
        CHECK(seconds("To: " + repeated("(", 100'000) + repeated(")", 100'000) + " a@b\r\n\r\n") <
              allowed);
    }
    SECTION("100 000 parts") {
        CHECK(seconds("Content-Type: multipart/mixed; boundary=B\r\n\r\n" +
                      repeated("--B\r\n\r\nx\r\n", 100'000)) < allowed);
    }
    SECTION("10 000 multiparts in one another") {
        std::string nested = "MIME-Version: 1.0\r\n";
        for (int i = 0; i < 10'000; ++i) {
            const auto boundary = "b" + std::to_string(100'000 + i);
            nested += "Content-Type: multipart/mixed; boundary=" + boundary + "\r\n\r\n--" +
                      boundary + "\r\n";
        }
        CHECK(seconds(nested) < allowed);
    }
    SECTION("10 000 messages in one another") {
        CHECK(seconds(repeated("Content-Type: message/rfc822\r\n\r\n", 10'000)) < allowed);
    }
    SECTION("a million lines that are almost boundaries, below 99 of them") {
        std::string nested = "MIME-Version: 1.0\r\n";
        for (int i = 0; i < 99; ++i) {
            const auto boundary = std::string(60, 'b') + std::to_string(1000 + i);
            nested += "Content-Type: multipart/mixed; boundary=" + boundary + "\r\n\r\n--" +
                      boundary + "\r\n";
        }
        CHECK(seconds(nested + "\r\n" + repeated("--" + std::string(60, 'b') + "\r\n", 1'000'000)) <
              allowed);
    }
    SECTION("a million header fields, and as many folds") {
        CHECK(seconds(repeated("A: b\r\n", 1'000'000) + "\r\n") < allowed);
        CHECK(seconds("Subject: a\r\n" + repeated(" b\r\n", 1'000'000) + "\r\n") < allowed);
        CHECK(seconds(repeated("Content-Type: text/plain\r\n", 300'000) + "\r\n") < allowed);
    }
    SECTION("one line of 100 MB") {
        CHECK(seconds("A: b\r\n\r\n" + std::string(100'000'000, 'x')) < allowed);
    }
    SECTION("100 MB of lines below a boundary") {
        CHECK(seconds("Content-Type: multipart/mixed; boundary=B\r\n\r\n--B\r\n\r\n" +
                      repeated(std::string(76, 'x') + "\r\n", 1'300'000)) < allowed);
    }
}
