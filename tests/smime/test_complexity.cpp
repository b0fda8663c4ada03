// Hostile messages take time that grows with their size, and not with its square (MIME-10). Each
// is opened at two sizes, as one that came, and as the content of signed-data.

#include <algorithm>
#include <chrono>

#include "smime/open.hpp"
#include "tests/catch.hpp"
#include "tests/smime/samples.hpp"

namespace {

std::string repeated(std::string_view text, std::size_t times) {
    std::string all;
    all.reserve(text.size() * times);
    for (std::size_t i = 0; i < times; ++i) all += text;
    return all;
}

std::string numbered(std::string_view before, std::string_view after, std::size_t times) {
    std::string all;
    for (std::size_t i = 0; i < times; ++i)
        all.append(before).append(std::to_string(i)).append(after);
    return all;
}

/// The best of three, in seconds.
double seconds_to_open(const std::string& message) {
    smime::Settings settings;
    settings.errant = smime::Errant::attach;
    double best = 1e9;
    for (int i = 0; i < 3; ++i) {
        const auto start = std::chrono::steady_clock::now();
        smime::open(message, samples::alice(), settings);
        const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
        best = std::min(best, seconds.count());
    }
    return best;
}

using Hostile = std::string (*)(std::size_t);

void check_linear(const char* name, Hostile hostile, std::size_t size) {
    INFO(name);
    for (const bool inside : {false, true}) {
        const auto message = [&](std::size_t n) {
            return inside ? samples::message(samples::signed_data(hostile(n))) : hostile(n);
        };
        const double once = seconds_to_open(message(size));
        const double four_times = seconds_to_open(message(4 * size));
        // Four times the square would be sixteen; a tenth of a second is noise.
        CHECK(four_times < 9 * once + 0.1);
    }
}

const std::string mixed = "Content-Type: multipart/mixed; boundary=b\r\n\r\n";
const std::string signed_type =
    "Content-Type: multipart/signed; boundary=b; protocol=\"application/pkcs7-signature\"\r\n\r\n";
const std::string signature =
    "--b\r\nContent-Type: application/pkcs7-signature\r\n\r\nx\r\n--b--\r\n";

}  // namespace

TEST_CASE("hostile MIME is opened in linear time (MIME-10)", "[smime][complexity]") {
    check_linear(
        "parts", [](std::size_t n) { return mixed + repeated("--b\r\n\r\nx\r\n", n); }, 20'000);
    check_linear(
        "encrypted parts",
        [](std::size_t n) {
            return mixed + repeated("--b\r\nContent-Type: application/pkcs7-mime\r\n\r\nx\r\n", n);
        },
        10'000);
    check_linear(
        "nested parts",
        [](std::size_t n) {
            std::string all;
            for (std::size_t i = 0; i < n; ++i) {
                const std::string boundary = 'b' + std::to_string(i) + 'e';
                all += "Content-Type: multipart/mixed; boundary=" + boundary + "\r\n\r\n--" +
                       boundary + "\r\n";
            }
            return all;
        },
        5'000);
    check_linear(
        "nested messages",
        [](std::size_t n) { return repeated("Content-Type: message/rfc822\r\n\r\n", n); }, 10'000);
    check_linear(
        "signed in signed", [](std::size_t n) { return repeated(signed_type + "--b\r\n", n); },
        5'000);
    check_linear(
        "boundaries that are none",
        [](std::size_t n) {
            return signed_type + "--b\r\n\r\n" + repeated("-b\r\n--a\r\n--\r\n", n) + signature;
        },
        100'000);
    check_linear(
        "boundaries in a line",
        [](std::size_t n) {
            return signed_type + "--b\r\n\r\n" + repeated(" --b", n) + "\r\n" + signature;
        },
        200'000);
}

TEST_CASE("hostile headers are opened in linear time (MIME-10)", "[smime][complexity]") {
    check_linear(
        "fields",
        [](std::size_t n) {
            return numbered("X-", ": y\r\n", n) + "Content-Type: text/plain; hp=clear\r\n\r\nx";
        },
        2'000);
    check_linear(
        "fields of one name",
        [](std::size_t n) {
            return repeated("X: y\r\n", n) + "Content-Type: text/plain; hp=clear\r\n\r\nx";
        },
        2'000);
    check_linear(
        "folds",
        [](std::size_t n) {
            return "X:" + repeated("\r\n y", n) + "\r\nContent-Type: text/plain; hp=clear\r\n\r\nx";
        },
        50'000);
    check_linear(
        "addresses",
        [](std::size_t n) {
            return "From: " + repeated("a@b,", n) +
                   "\r\nContent-Type: text/plain; hp=clear\r\n\r\nx";
        },
        50'000);
    check_linear(
        "parameters",
        [](std::size_t n) {
            return "Content-Type: multipart/signed" + numbered("; p", "=x", n) + "\r\n\r\nx";
        },
        20'000);
    check_linear(
        "empty parameters",
        [](std::size_t n) {
            return "Content-Type: multipart/signed" + repeated(";", n) + "\r\n\r\nx";
        },
        50'000);
    check_linear(
        "comments",
        [](std::size_t n) {
            return "Content-Type: multipart/signed; " + repeated("(", n) + "\r\n\r\nx";
        },
        100'000);
    check_linear(
        "no colons", [](std::size_t n) { return repeated("x\r\n ", n); }, 50'000);
}

TEST_CASE("hostile text is opened in linear time (MIME-10)", "[smime][complexity]") {
    check_linear(
        "display of fields",
        [](std::size_t n) {
            return "Content-Type: text/plain; hp=cipher; hp-legacy-display=1\r\n\r\n" +
                   repeated("X: y\r\n", n) + "\r\n";
        },
        100'000);
    check_linear(
        "display of tags",
        [](std::size_t n) {
            return "Content-Type: text/html; hp=cipher; hp-legacy-display=1\r\n\r\n"
                   "<div class=\"header-protection-legacy-display\">" +
                   repeated("<pre>", n) + repeated("<body", n) + "</div>";
        },
        100'000);
    check_linear(
        "long lines in parts",
        [](std::size_t n) {
            return mixed + repeated("--b\r\n\r\n" + std::string(1'100, 'x') + "\r\n", n);
        },
        2'000);
}

TEST_CASE("a header beyond the limits opens nothing (MIME-10)", "[smime][complexity]") {
    const std::string entity = samples::entity(samples::signed_data("\r\nx"));
    const auto error = [](const std::string& message) {
        return smime::open(message, samples::alice(), {}).report.error;
    };
    CHECK(!error(repeated("X: y\r\n", 9'998) + entity));
    CHECK(error(repeated("X: y\r\n", 9'999) + entity) == smime::Error::too_complex);
    CHECK(!error("X: " + std::string(1'000'000, 'y') + "\r\n" + entity));
    CHECK(error("X: " + std::string(1'100'000, 'y') + "\r\n" + entity) ==
          smime::Error::too_complex);
    const auto inside = [&](const std::string& content) {
        return error(samples::message(samples::signed_data(content)));
    };
    CHECK(!inside(repeated("X: y\r\n", 9'999) + "Content-Type: text/plain\r\n\r\nx"));
    CHECK(inside(repeated("X: y\r\n", 10'000) + "Content-Type: text/plain\r\n\r\nx") ==
          smime::Error::too_complex);
}
