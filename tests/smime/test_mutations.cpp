// Some fifty CMS structures of all kinds with every field damaged in every way, and by chance,
// opened beside OpenSSL: never a crash, never other octets than OpenSSL's, and one answer to all
// that is wrong once a key has matched.

#include <ctime>
#include <random>
#include <set>

#include "smime/open.hpp"
#include "tests/catch.hpp"
#include "tests/smime/mutations.hpp"
#include "tests/smime/openssl_cms.hpp"
#include "tests/smime/samples.hpp"

namespace {

using keystore::Bytes;
using keystore::BytesView;

std::filesystem::path directory() {
    const char* path = std::getenv("PAPERKNIFE_MUTABLE");
    if (!path) throw std::runtime_error{"PAPERKNIFE_MUTABLE: where make_mutable.sh wrote to"};
    return path;
}

std::vector<std::filesystem::path> files(const char* folder) {
    std::vector<std::filesystem::path> found;
    for (const auto& entry : std::filesystem::directory_iterator{directory() / folder})
        found.push_back(entry.path());
    std::sort(found.begin(), found.end());
    return found;
}

const keystore::Keystore& keys() {
    static const keystore::Keystore all = [] {
        std::vector<keystore::Identity> identities;
        for (const auto& file : files("keys")) identities.push_back(samples::identity(file));
        return keystore::Keystore{std::move(identities)};
    }();
    return all;
}

/// What OpenSSL takes out of the outermost layer.
std::optional<std::string> openssl_content(const Bytes& cms) {
    static const std::vector<openssl_cms::Key> all = [] {
        std::vector<openssl_cms::Key> read;
        for (const auto& file : files("keys")) read.emplace_back(file);
        return read;
    }();
    for (const auto& key : all)
        if (auto content = key.decrypt(cms)) return content;
    return openssl_cms::signed_content(cms);
}

std::string message(const Bytes& cms) {
    return samples::outer_header +
           "Content-Type: application/pkcs7-mime\r\nContent-Transfer-Encoding: binary\r\n\r\n" +
           samples::text(cms);
}

smime::Opened open(const Bytes& cms) {
    smime::Settings settings;
    settings.legacy = true;  // the RSA key is small
    return smime::open(message(cms), keys(), settings);
}

/// The body of the view of this content, whatever it is and whatever is in it.
std::string view_of(std::string_view content) {
    const auto opened = open(samples::signed_data(content));
    return opened.view ? std::string{opened.view->body()} : "not opened";
}

struct Sample {
    std::string name;
    Bytes cms;
    std::string plain;
    bool is(std::string_view kind) const { return name.starts_with(kind); }
    /// OpenSSL has no words for it: what opens can only be what was sent.
    bool is_unknown_to_openssl() const {
        return is("ccm") || is("chacha20") || is("hkdf") || is("compressed");
    }
};

std::vector<Sample> samples_of_all_kinds() {
    std::vector<Sample> all;
    for (const auto& file : files("cms")) {
        const std::string octets = samples::read(file), name = file.filename();
        all.push_back(
            {name, {octets.begin(), octets.end()}, samples::read(directory() / "plain" / name)});
    }
    return all;
}

std::string hexadecimal(BytesView octets) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    for (const auto octet : octets) text += {digits[octet >> 4], digits[octet & 15]};
    return text;
}

/// Opens what is left of a sample. Processor time is what a hostile message may not take.
void check(const Sample& sample, const Bytes& damaged) {
    const std::clock_t start = std::clock();
    const auto opened = open(damaged);
    const double seconds = static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
    INFO(sample.name << ": " << smime::json(opened.report));
    if (seconds > 1) FAIL_CHECK("took " << seconds << " s");
    if (!opened.view) {
        if (!opened.report.error && !sample.is("signed")) FAIL_CHECK("no view, no error");
        return;
    }
    const auto theirs = openssl_content(damaged);
    if (!theirs) {
        // OpenSSL reads the whole structure before it opens any of it. We don't mind what is wrong
        // with other recipients, certificates and signers, nor a needless zero before an INTEGER,
        // nor that OAEP lacks its parameters; what opens is then what was sent.
        if (!sample.is("signed") && opened.view->body() != view_of(sample.plain))
            FAIL_CHECK("opened to something new, not by OpenSSL: " << hexadecimal(damaged));
        return;
    }
    // Where it can't unwrap a key, OpenSSL goes on with one of random octets: of 256 such keys one
    // opens to something, and the next to something else.
    if (!sample.is("signed") && openssl_content(damaged) != theirs) return;
    if (view_of(*theirs) != opened.view->body())
        FAIL_CHECK("opened otherwise than by OpenSSL: " << hexadecimal(damaged));
    if (sample.is("gcm") && *theirs != sample.plain) FAIL_CHECK("authenticated, and changed");
}

/// The last child, or nothing.
template <class Node>
Node* last(Node* node) {
    return node && !node->children.empty() ? &node->children.back() : nullptr;
}

/// The values that only who has a key can judge: wrapped keys, ciphertext and tag, in their pieces.
template <class Node>
std::vector<Node*> secrets(Node& root) {
    std::vector<Node*> found;
    const auto pieces = [&found](const auto& self, Node* node) -> void {
        if (node && !node->tag.constructed && !node->content.empty()) found.push_back(node);
        if (node)
            for (auto& child : node->children) self(self, &child);
    };
    auto& enveloped = root.children.at(1).children.at(0);
    for (auto& field : enveloped.children) {
        if (field.tag == keystore::der::set)
            for (auto& recipient : field.children) {
                if (recipient.tag == keystore::der::sequence) pieces(pieces, last(&recipient));
                if (recipient.tag == keystore::der::context(1, true))
                    pieces(pieces, last(last(last(&recipient))));
            }
        if (field.tag == keystore::der::sequence) pieces(pieces, last(&field));
        if (field.tag == keystore::der::octet_string) pieces(pieces, &field);
    }
    return found;
}

}  // namespace

TEST_CASE("the samples open as OpenSSL opens them, undamaged", "[smime][mutations]") {
    const auto all = samples_of_all_kinds();
    CHECK(all.size() >= 50);
    for (const Sample& sample : all) {
        INFO(sample.name);
        const auto opened = open(sample.cms);
        REQUIRE(opened.view);
        if (sample.is_unknown_to_openssl())
            CHECK(!openssl_content(sample.cms));
        else
            CHECK(openssl_content(sample.cms) == sample.plain);
        CHECK(opened.view->body() == view_of(sample.plain));
    }
}

TEST_CASE("no damaged field opens to other octets than OpenSSL's (ASN-03)", "[smime][mutations]") {
    std::size_t cases = 0;
    for (const Sample& sample : samples_of_all_kinds()) {
        const auto use = [&](const Bytes& damaged) {
            check(sample, damaged);
            ++cases;
        };
        mutations::fields(der_tree::parse(sample.cms), use);
        mutations::lies(sample.cms, use);
    }
    WARN(cases << " damaged structures");
    CHECK(cases > 10'000);
}

TEST_CASE("no damage done by chance opens to other octets than OpenSSL's", "[smime][mutations]") {
    std::mt19937 random{20'251};
    const auto octet = [&] { return static_cast<std::uint8_t>(random()); };
    for (const Sample& sample : samples_of_all_kinds()) {
        for (int i = 0; i < 150; ++i) {
            Bytes damaged = sample.cms;
            const auto at =
                damaged.begin() + static_cast<std::ptrdiff_t>(random() % damaged.size());
            switch (random() % 4) {
                case 0:
                    *at ^= static_cast<std::uint8_t>(1U << (random() % 8));
                    break;
                case 1:
                    *at = octet();
                    break;
                case 2:
                    damaged.insert(at, octet());
                    break;
                case 3:
                    damaged.erase(at);
                    break;
            }
            check(sample, damaged);
        }
    }
}

TEST_CASE("what is wrong once a key has matched shows in nothing (ENC-07)", "[smime][mutations]") {
    for (const Sample& sample : samples_of_all_kinds()) {
        if (sample.is("signed") || sample.is("compressed")) continue;
        INFO(sample.name);
        const auto tree = der_tree::parse(sample.cms);
        std::set<std::string> reports;
        for (std::size_t i = 0; i < secrets(tree).size(); ++i)
            for (const std::size_t at : {0U, 1U, 2U, 3U, 5U, 7U})
                for (const unsigned flip : {0x01U, 0x80U, 0xffU}) {
                    der_tree::Node damaged = tree;
                    Bytes& value = secrets(damaged)[i]->content;
                    value[(value.size() - 1) * at / 7] ^= static_cast<std::uint8_t>(flip);
                    const auto opened = open(der_tree::write(damaged, der_tree::Form::as_parsed));
                    // What CBC lets through may be no message.
                    if (opened.report.layers.front().result == "opened") continue;
                    CHECK(opened.report.error == smime::Error::decryption_failed);
                    reports.insert(smime::json(opened.report));
                }
        CHECK(reports.size() == 1);
    }
}
