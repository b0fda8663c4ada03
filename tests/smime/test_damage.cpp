// What becomes of messages that somebody damaged: never a crash, never another text than the one
// that was sent where it is authenticated, and always the original left as it was.

#include <random>

#include "smime/open.hpp"
#include "tests/catch.hpp"
#include "tests/smime/der_tree.hpp"
#include "tests/smime/samples.hpp"

namespace {

const std::vector<std::string> pieces{
    "cbc.der",      "gcm.der",        "oaep.der",      "two.der",           "cbc.ber",
    "gcm.ber",      "signed.der",     "signed.ber",    "ccm.der",           "rc2.der",
    "hkdf-cbc.der", "compressed.der", "agreement.der", "agreement-gcm.der", "agreement.ber",
    "mixed.der",    "x25519.der"};

std::string plain(const std::string& piece) {
    const bool multipart = piece == "oaep.der" || piece == "two.der" || piece == "mixed.der";
    const auto entity = samples::part(multipart ? "multipart" : "text");
    return samples::body(samples::text(entity));
}

bool is_authenticated(const std::string& piece) {
    return piece.starts_with("gcm") || piece.starts_with("ccm") || piece == "oaep.der" ||
           piece == "agreement-gcm.der";
}

smime::Opened open(const std::string& message) {
    smime::Settings settings = samples::as_it_is();
    settings.legacy = true;
    return smime::open(message, samples::alice(), settings);
}

/// Opens what is left of a piece. True if it opened.
bool check(const std::string& piece, const keystore::Bytes& damaged) {
    const std::string message = samples::message(damaged);
    const std::string before = message;
    const auto opened = open(message);
    CHECK(message == before);
    if (!opened.view) {
        CHECK((opened.report.error || piece.starts_with("signed")));
        return false;
    }
    // signed-data is not verified here: its content may be any.
    if (is_authenticated(piece)) CHECK(opened.view->body() == plain(piece));
    return true;
}

}  // namespace

TEST_CASE("a message opens in every encoding that BER allows (ASN-01)", "[smime][damage]") {
    using der_tree::Form;
    for (const auto& piece : pieces) {
        const auto tree = der_tree::parse(samples::part(piece));
        for (const Form form :
             {Form::definite, Form::long_lengths, Form::indefinite, Form::in_pieces}) {
            INFO(piece << ' ' << static_cast<int>(form));
            const auto opened = open(samples::message(der_tree::write(tree, form)));
            // The IV and the nonce of a cipher have one form only.
            if (form == Form::in_pieces && !opened.view) {
                CHECK(opened.report.error == smime::Error::malformed);
                continue;
            }
            REQUIRE(opened.view);
            CHECK(opened.view->body() == plain(piece));
        }
    }
}

TEST_CASE("a field that is missing, empty or doubled is an error, not a crash (ASN-03)",
          "[smime][damage]") {
    for (const auto& piece : pieces) {
        INFO(piece);
        const auto tree = der_tree::parse(samples::part(piece));
        using der_tree::Node;
        const auto use = [&](const Node& node) { check(piece, der_tree::write(node)); };
        der_tree::for_each_change(
            tree,
            [](Node& node) {
                if (!node.children.empty()) node.children.erase(node.children.begin());
            },
            use);
        der_tree::for_each_change(
            tree,
            [](Node& node) {
                if (!node.children.empty()) node.children.pop_back();
            },
            use);
        der_tree::for_each_change(
            tree,
            [](Node& node) {
                if (node.children.size() > 2) node.children.erase(node.children.begin() + 1);
            },
            use);
        der_tree::for_each_change(
            tree,
            [](Node& node) {
                node.children.clear();
                node.content.clear();
            },
            use);
        der_tree::for_each_change(
            tree,
            [](Node& node) {
                if (!node.children.empty()) node.children.push_back(node.children.back());
            },
            use);
        der_tree::for_each_change(
            tree,
            [](Node& node) {
                if (!node.content.empty()) node.content.pop_back();
            },
            use);
        der_tree::for_each_change(
            tree,
            [](Node& node) {
                node.tag = {0, 5, false};
            },
            use);
    }
}

TEST_CASE("lengths that lie and octets that changed are errors, not crashes (ASN-02)",
          "[smime][damage]") {
    std::mt19937 random{4711};
    for (const auto& piece : pieces) {
        INFO(piece);
        const auto original = samples::part(piece);
        CHECK(check(piece, original));
        const auto change = [&](std::size_t at, std::uint8_t octet) {
            auto damaged = original;
            damaged[at] = octet;
            check(piece, damaged);
        };
        // The structure stands at the beginning; ciphertext and signatures repeat themselves.
        const std::size_t structure = std::min<std::size_t>(original.size(), 160);
        for (std::size_t at = 0; at < structure; ++at)
            for (const int octet : {0x00, 0x80, 0xff}) change(at, static_cast<std::uint8_t>(octet));
        for (int i = 0; i < 200; ++i)
            change(random() % original.size(), static_cast<std::uint8_t>(random()));
        for (std::size_t size = 0; size < original.size(); size += 1 + size / 8)
            check(piece, {original.begin(), original.begin() + static_cast<std::ptrdiff_t>(size)});
    }
}

TEST_CASE("no octet of a tag, nonce or ciphertext can change unnoticed (ENC-03)",
          "[smime][damage]") {
    for (const std::string piece : {"gcm.der", "ccm.der", "chacha20.der"}) {
        const auto original = samples::part(piece);
        CHECK(check(piece, original));
        for (std::size_t back = 1; back <= 60; ++back) {
            auto damaged = original;
            damaged[damaged.size() - back] ^= 0x01;
            CHECK(!check(piece, damaged));
        }
    }
}

TEST_CASE("deep nesting ends in an error", "[smime][damage]") {
    for (const int depth : {10, 63, 64, 65, 1000, 100'000}) {
        keystore::Bytes bomb;
        for (int i = 0; i < depth; ++i) der_tree::append(bomb, {0x30, 0x80});
        CHECK(!check("cbc.der", bomb));
        keystore::Bytes string;
        for (int i = 0; i < depth; ++i) der_tree::append(string, {0x24, 0x80});
        for (int i = 0; i < depth; ++i) der_tree::append(string, {0, 0});
        const auto parts = der_tree::parse(samples::part("signed.der"));
        auto tree = parts;
        auto& content = tree.children[1].children[0].children[2].children[1];
        content.children = {{{0, 4, true}, string, {}}};
        check("signed.der", der_tree::write(tree));
    }
}
