#include <chrono>
#include <random>

#include "smime/base64.hpp"
#include "tests/catch.hpp"

namespace {

using smime::decode_base64;
using smime::decode_quoted_printable;

std::string text(const smime::Decoded& decoded) {
    return std::string{decoded.octets.expose_text()};
}

std::vector<std::uint8_t> random_octets(std::size_t size) {
    std::mt19937 random{static_cast<unsigned>(size)};
    std::vector<std::uint8_t> octets(size);
    for (auto& octet : octets) octet = static_cast<std::uint8_t>(random());
    return octets;
}

}  // namespace

TEST_CASE("what encode_base64 writes decode_base64 reads", "[smime][base64]") {
    for (std::size_t size = 0; size < 200; ++size) {
        const auto octets = random_octets(size);
        const auto encoded = smime::encode_base64(octets);
        const auto decoded = decode_base64(encoded);
        CHECK_FALSE(decoded.junk);
        CHECK(std::equal(octets.begin(), octets.end(), decoded.octets.expose().begin(),
                         decoded.octets.expose().end()));
    }
}

TEST_CASE("encode_base64 writes lines of 76 characters", "[smime][base64]") {
    CHECK(smime::encode_base64({}) == "");
    CHECK(smime::encode_base64(random_octets(57)).size() == 78);
    const auto encoded = smime::encode_base64(random_octets(58));
    CHECK(encoded.find("\r\n") == 76);
    CHECK(encoded.substr(80) == "==\r\n");
}

TEST_CASE("decode_base64 reads what mailers write (MIME-09)", "[smime][base64]") {
    const auto [input, expected, junk] = GENERATE(table<std::string, std::string, bool>({
        {"", "", false},
        {"TWFu", "Man", false},
        {"TWE=", "Ma", false},
        {"TQ==", "M", false},
        {"TWE", "Ma", false},  // no padding
        {"TQ", "M", false},
        {"T", "", true},  // no octet
        {"T W\tF\r\nu\n", "Man", false},
        {"TWFuTW\r\nFu", "ManMan", false},
        {"TWFuTQ==\r\nTWFu", "ManM", false},  // what follows the padding is not read
        {"TW!Fu", "Man", true},
        {"TWFu\x80", "Man", true},
        {"=TWFu", "Man", true},
        {"T=WFu", "Man", true},
        {"-_-_", "", true},  // base64url is another encoding
        {"TW=", "M", false},
    }));
    CAPTURE(input);
    const auto decoded = decode_base64(input);
    CHECK(text(decoded) == expected);
    CHECK(decoded.junk == junk);
}

TEST_CASE("decode_base64 skips what is foreign wherever it stands", "[smime][base64]") {
    const auto octets = random_octets(48);
    const std::string encoded = smime::encode_base64(octets).substr(0, 64);
    for (std::size_t at = 0; at <= encoded.size(); ++at) {
        for (const std::string foreign : {"\n", "\r\n", "!", "\xff", "\r\n \t"}) {
            std::string with = encoded;
            with.insert(at, foreign);
            const auto decoded = decode_base64(with);
            CHECK(std::equal(octets.begin(), octets.end(), decoded.octets.expose().begin(),
                             decoded.octets.expose().end()));
            CHECK(decoded.junk == (foreign == "!" || foreign == "\xff"));
        }
    }
}

TEST_CASE("decode_base64 takes one long line, and lines of any length", "[smime][base64]") {
    const auto octets = random_octets(100'000);
    auto encoded = smime::encode_base64(octets);
    encoded.erase(std::remove_if(encoded.begin(), encoded.end(),
                                 [](char c) { return c == '\r' || c == '\n'; }),
                  encoded.end());
    for (const std::size_t line : {1U, 3U, 7U, 64U, 998U, 1'000'000U}) {
        std::string cut;
        for (std::size_t i = 0; i < encoded.size(); i += line)
            cut += encoded.substr(i, line) + '\n';
        const auto decoded = decode_base64(cut);
        CHECK(decoded.octets.size() == octets.size());
        CHECK(std::equal(octets.begin(), octets.end(), decoded.octets.expose().begin()));
    }
}

TEST_CASE("decode_base64 is faster than a disk", "[smime][base64][.benchmark]") {
    const auto encoded = smime::encode_base64(random_octets(64 * 1024 * 1024));
    const auto start = std::chrono::steady_clock::now();
    const auto decoded = decode_base64(encoded);
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
    WARN(static_cast<double>(encoded.size()) / 1e9 / seconds.count() << " GB/s");
    CHECK(decoded.octets.size() == 64 * 1024 * 1024);
}

TEST_CASE("decode_quoted_printable reads what mailers write", "[smime][base64]") {
    const auto [input, expected, junk] = GENERATE(table<std::string, std::string, bool>({
        {"", "", false},
        {"plain\r\n", "plain\r\n", false},
        {"=C3=A4", "\xc3\xa4", false},
        {"=c3=a4", "\xc3\xa4", false},
        {"soft=\r\nbreak", "softbreak", false},
        {"soft= \t\r\nbreak", "softbreak", false},
        {"soft=\nbreak\n", "softbreak\n", false},
        {"ends with =", "ends with ", false},
        {"blanks fall \t \r\naway", "blanks fall\r\naway", false},
        {"kept=20\r\n", "kept \r\n", false},
        {"a=b", "a=b", true},
        {"a=4", "a=4", true},
        {"a==41", "a=A", true},
        {"\xe4", "\xe4", false},
    }));
    CAPTURE(input);
    const auto decoded = decode_quoted_printable(input);
    CHECK(text(decoded) == expected);
    CHECK(decoded.junk == junk);
}
