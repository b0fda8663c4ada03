#include "smime/recipient_info.hpp"

#include <random>

#include "smime/open.hpp"
#include "tests/catch.hpp"
#include "tests/smime/der_tree.hpp"
#include "tests/smime/samples.hpp"

namespace {

using der_tree::Node;

/// The RecipientInfos of a message.
Node& recipients(Node& message) {
    return message.children[1].children[0].children[1];
}

/// A message whose first wrapped key is another one.
std::string with_key(const std::string& piece, const keystore::Bytes& key) {
    Node tree = der_tree::parse(samples::part(piece));
    recipients(tree).children[0].children[3].content = key;
    return samples::message(der_tree::write(tree));
}

smime::Opened open(const std::string& message) {
    return smime::open(message, samples::alice(), {});
}

}  // namespace

TEST_CASE("nothing tells a wrong padding from a wrong key (ENC-06)", "[smime][recipient_info]") {
    for (const std::string piece : {"cbc.der", "gcm.der"}) {
        std::vector<std::string> reports;
        for (const char* wrapped :
             {"other-key", "short-key", "long-key", "empty-key", "zero", "no-padding"}) {
            INFO(piece << ' ' << wrapped);
            const auto opened =
                open(with_key(piece, samples::part(std::string{"wrapped-"} + wrapped)));
            CHECK(!opened.view);
            CHECK(opened.report.error == smime::Error::decryption_failed);
            reports.push_back(smime::json(opened.report));
        }
        for (const auto& report : reports) CHECK(report == reports.front());
        // and neither from a damaged content
        Node tree = der_tree::parse(samples::part(piece));
        Node& info = tree.children[1].children[0].children[2];
        info.children[2].content.back() ^= 1;
        const auto damaged = open(samples::message(der_tree::write(tree)));
        if (!damaged.view) CHECK(smime::json(damaged.report) == reports.front());
    }
}

TEST_CASE("a wrong key never opens a message, however often it is tried",
          "[smime][recipient_info]") {
    // A random key finds a right CBC padding once in 256 times.
    const std::string message = with_key("cbc.der", samples::part("wrapped-no-padding"));
    int opened = 0;
    for (int i = 0; i < 1500; ++i) opened += open(message).view.has_value();
    CHECK(opened == 0);
}

TEST_CASE("every key that the message names is tried", "[smime][recipient_info]") {
    Node tree = der_tree::parse(samples::part("cbc.der"));
    auto& all = recipients(tree).children;
    Node broken = all.front();
    broken.children[3].content = samples::part("wrapped-no-padding");
    Node short_one = all.front();
    short_one.children[3].content.pop_back();
    const Node good = all.front();
    for (const auto& order : std::vector<std::vector<Node>>{
             {good, broken}, {broken, good}, {broken, good, broken}, {short_one, broken, good}}) {
        recipients(tree).children = order;
        CHECK(open(samples::message(der_tree::write(tree))).view);
    }
    for (const auto& order :
         std::vector<std::vector<Node>>{{broken}, {broken, broken}, {short_one}}) {
        recipients(tree).children = order;
        const auto opened = open(samples::message(der_tree::write(tree)));
        CHECK(opened.report.error == smime::Error::decryption_failed);
    }
    recipients(tree).children.clear();
    CHECK(open(samples::message(der_tree::write(tree))).report.error ==
          smime::Error::no_matching_recipient);
}

TEST_CASE("the parameters of OAEP are read, and refused if they are not offered (ENC-10)",
          "[smime][recipient_info]") {
    namespace der = keystore::der;
    const auto transport = [](const keystore::Bytes& algorithm) {
        der::Reader in{algorithm, der::Limits::ber()};
        return smime::key_transport(smime::AlgorithmIdentifier::read(in).value());
    };
    const auto identifier = [](std::string_view oid, const keystore::Bytes& parameters) {
        der::Writer inside;
        inside.oid(oid);
        inside.raw(parameters);
        der::Writer out;
        out.element(der::sequence, inside.octets());
        return out.take();
    };
    const auto in_context = [](std::uint32_t number, const keystore::Bytes& inside) {
        der::Writer out;
        out.element(der::context(number, true), inside);
        return out.take();
    };
    const auto oaep = [&](const std::vector<keystore::Bytes>& fields) {
        keystore::Bytes all;
        for (const auto& field : fields) der_tree::append(all, field);
        der::Writer out;
        out.element(der::sequence, all);
        return identifier("1.2.840.113549.1.1.7", out.octets());
    };
    const keystore::Bytes null{5, 0};
    const auto sha256 = identifier("2.16.840.1.101.3.4.2.1", {});
    const auto md5 = identifier("1.2.840.113549.2.5", null);
    const auto mgf1 = [&](const keystore::Bytes& hash) {
        return identifier("1.2.840.113549.1.1.8", hash);
    };

    CHECK(transport(identifier("1.2.840.113549.1.1.1", null))->scheme ==
          keystore::KeyTransport::Scheme::pkcs1_v15);
    const auto defaults = transport(oaep({}));
    REQUIRE(defaults);
    CHECK(defaults->hash == keystore::Digest::sha1);
    CHECK(defaults->mgf1_hash == keystore::Digest::sha1);
    CHECK(defaults->label.empty());
    CHECK(transport(identifier("1.2.840.113549.1.1.7", {})));

    const auto all =
        transport(oaep({in_context(0, sha256), in_context(1, mgf1(sha256)),
                        in_context(2, identifier("1.2.840.113549.1.1.9", {4, 1, 'x'}))}));
    REQUIRE(all);
    CHECK(all->hash == keystore::Digest::sha256);
    CHECK(all->mgf1_hash == keystore::Digest::sha256);
    CHECK(all->label == keystore::Bytes{'x'});

    CHECK(!transport(oaep({in_context(0, md5)})));
    CHECK(!transport(oaep({in_context(1, mgf1(md5))})));
    CHECK(!transport(oaep({in_context(1, sha256)})));
    CHECK(!transport(oaep({in_context(2, sha256)})));
    CHECK(!transport(oaep({in_context(3, sha256)})));
    CHECK(!transport(oaep({null})));
    CHECK(!transport(identifier("1.2.840.113549.1.1.7", null)));
    CHECK(!transport(identifier("1.2.3", {})));
}
