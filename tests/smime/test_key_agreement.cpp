#include "smime/key_agreement.hpp"

#include "smime/limits.hpp"
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

/// The fields of a KeyAgreeRecipientInfo, from its end: a ukm may stand before them.
Node& scheme(Node& kari) {
    return kari.children[kari.children.size() - 2];
}
Node& encrypted_keys(Node& kari) {
    return kari.children.back();
}
Node& originator(Node& kari) {
    return kari.children[1];
}
keystore::Bytes& originator_point(Node& kari) {
    return originator(kari).children[0].children[1].content;  // behind the octet of unused bits
}

Node tree(const std::string& piece) {
    return der_tree::parse(samples::part(piece));
}

smime::Opened open(const Node& message, const keystore::Keystore& keys = samples::alice()) {
    return smime::open(samples::message(der_tree::write(message)), keys, {});
}

/// What comes of a message whose one KeyAgreeRecipientInfo was changed.
template <class Change>
smime::Opened changed(const std::string& piece, Change change) {
    Node message = tree(piece);
    change(recipients(message).children[0]);
    return open(message);
}

keystore::Bytes oid(std::string_view dotted) {
    keystore::der::Writer out;
    out.oid(dotted);
    const auto octets = out.take();
    return {octets.begin() + 2, octets.end()};
}

Node primitive(keystore::der::Tag tag, keystore::Bytes content) {
    return {tag, std::move(content), {}};
}

Node constructed(keystore::der::Tag tag, std::vector<Node> children) {
    return {tag, {}, std::move(children)};
}

}  // namespace

namespace der = keystore::der;

TEST_CASE("nothing tells a key that was agreed on wrongly from another (ENC-06)",
          "[smime][key_agreement]") {
    for (const std::string piece : {"agreement.der", "agreement-gcm.der", "x25519.der"}) {
        std::vector<std::string> reports;
        const auto fails = [&](auto change) {
            const auto opened = changed(piece, change);
            CHECK(!opened.view);
            CHECK(opened.report.error == smime::Error::decryption_failed);
            reports.push_back(smime::json(opened.report));
        };
        REQUIRE(open(tree(piece)).view);
        // a wrong wrapped key
        fails([](Node& kari) { encrypted_keys(kari).children[0].children[1].content[9] ^= 1; });
        // one of another size
        fails([](Node& kari) { encrypted_keys(kari).children[0].children[1].content.pop_back(); });
        fails([](Node& kari) { encrypted_keys(kari).children[0].children[1].content.clear(); });
        fails([](Node& kari) { encrypted_keys(kari).children[0].children[1].content.resize(48); });
        // no point of the curve, or one of small order
        fails([](Node& kari) { originator_point(kari).pop_back(); });
        fails([](Node& kari) { originator_point(kari).back() ^= 1; });
        fails([](Node& kari) {
            for (auto& octet : originator_point(kari)) octet = 0;
        });
        // another user keying material
        fails([](Node& kari) {
            Node ukm = constructed(der::context(1, true), {primitive(der::octet_string, {1, 2})});
            if (kari.children.size() == 5) kari.children.erase(kari.children.begin() + 2);
            kari.children.insert(kari.children.begin() + 2, ukm);
        });
        // another derivation
        fails([](Node& kari) { scheme(kari).children[0].content = oid("1.3.132.1.11.0"); });
        for (std::size_t i = 0; i + 1 < reports.size(); ++i) CHECK(reports[i] == reports[0]);
        // and neither from a damaged content
        Node message = tree(piece);
        message.children[1].children[0].children[2].children[2].content.back() ^= 1;
        const auto damaged = open(message);
        if (!damaged.view) CHECK(smime::json(damaged.report) == reports[0]);
    }
}

TEST_CASE("a wrong key agreement never opens a message, however often it is tried",
          "[smime][key_agreement]") {
    int opened = 0;
    for (int i = 0; i < 600; ++i)
        opened += changed("agreement.der", [&](Node& kari) {
                      auto& key = encrypted_keys(kari).children[0].children[1].content;
                      key[0] = static_cast<std::uint8_t>(i);
                      key[1] = static_cast<std::uint8_t>(i >> 8 | 0x80);
                  }).view.has_value();
    CHECK(opened == 0);
}

TEST_CASE("a key agreement that is not offered is named (RFC 5652, 6.2.2)",
          "[smime][key_agreement]") {
    const auto error = [](auto change) { return changed("agreement.der", change).report.error; };
    const auto unsupported = smime::Error::unsupported_algorithm;
    const auto failed = smime::Error::decryption_failed;
    // a sender's key of a certificate
    const Node serial = primitive(der::integer, {1});
    CHECK(error([&](Node& kari) {
              originator(kari).children = {
                  constructed(der::sequence, {constructed(der::sequence, {}), serial})};
          }) == unsupported);
    CHECK(error([](Node& kari) {
              originator(kari).children = {primitive(der::context(0, false), {1, 2, 3})};
          }) == unsupported);
    for (const char* scheme_oid : {"1.3.132.1.15.1", "1.2.840.113549.1.9.16.3.5", "1.2.3"}) {
        const auto opened = changed("agreement.der", [&](Node& kari) {
            scheme(kari).children[0].content = oid(scheme_oid);
        });
        CHECK(opened.report.error == unsupported);
        CHECK(opened.report.layers.at(0).key_management == smime::key_agreement_word(scheme_oid));
    }
    CHECK(smime::key_agreement_word("1.3.132.1.15.1") == "ecmqv-sha256");
    CHECK(smime::key_agreement_word("1.2.3") == "1.2.3");
    const auto key_wrap = [](std::string_view dotted) {
        return [dotted](Node& kari) { scheme(kari).children[1].children[0].content = oid(dotted); };
    };
    CHECK(error(key_wrap("1.2.840.113549.1.9.16.3.7")) == unsupported);  // RC2
    CHECK(error(key_wrap("1.2.840.113549.1.9.16.3.6")) == smime::Error::legacy_algorithm);
    CHECK(error([](Node& kari) { scheme(kari).children.pop_back(); }) == failed);
    CHECK(error([](Node& kari) { scheme(kari).children[1].children.clear(); }) == failed);
    // keys of other kinds, and curves that are described instead of named
    const auto algorithm = [](Node& kari) -> Node& {
        return originator(kari).children[0].children[0];
    };
    CHECK(error([&](Node& kari) {
              algorithm(kari).children[0].content = oid("1.2.840.10046.2.1");  // dhpublicnumber
          }) == unsupported);
    CHECK(error([&](Node& kari) {
              algorithm(kari).children.resize(1);
              algorithm(kari).children.push_back(constructed(der::sequence, {serial}));
          }) == unsupported);
}

TEST_CASE("the sender's key may name its curve, or leave it to the certificate",
          "[smime][key_agreement]") {
    const auto with = [](std::vector<Node> parameters) {
        return changed("agreement.der",
                       [&](Node& kari) {
                           auto& algorithm = originator(kari).children[0].children[0].children;
                           algorithm.resize(1);
                           for (const auto& node : parameters) algorithm.push_back(node);
                       })
            .view.has_value();
    };
    CHECK(with({}));
    CHECK(with({primitive(der::null, {})}));
    CHECK(with({primitive(der::oid, oid("1.2.840.10045.3.1.7"))}));
    CHECK(!with({primitive(der::oid, oid("1.3.132.0.34"))}));
    CHECK(!with({primitive(der::oid, {})}));
}

TEST_CASE("a RecipientKeyIdentifier may carry a date and more", "[smime][key_agreement]") {
    const auto with = [](std::vector<Node> more) {
        return changed("agreement-gcm.der",
                       [&](Node& kari) {
                           auto& rid = encrypted_keys(kari).children[0].children[0].children;
                           REQUIRE(rid.size() == 1);
                           for (const auto& node : more) rid.push_back(node);
                       })
            .report.error;
    };
    const Node date = primitive(der::generalized_time, {'2', '0', '2', '6', '1', '1', '2', '3', '1',
                                                        '0', '0', '0', '0', '0', 'Z'});
    const Node other = constructed(der::sequence, {primitive(der::oid, oid("1.2.3"))});
    CHECK(!with({}));
    CHECK(!with({date}));
    CHECK(!with({other}));
    CHECK(!with({date, other}));
    CHECK(with({other, date}) == smime::Error::malformed);
}

TEST_CASE("of recipients that are not ours nothing is decoded but their kind (ENC-13)",
          "[smime][key_agreement]") {
    const Node message = tree("nobody.der");
    const auto opened = open(message);
    CHECK(opened.report.error == smime::Error::no_matching_recipient);
    std::vector<std::string> words;
    for (const auto& recipient : opened.report.layers.at(0).recipients) {
        words.push_back(recipient.key_management);
        CHECK(recipient.subject_key_identifier.empty() ==
              (recipient.key_management != "ecdh-sha1"));
    }
    CHECK(std::count(words.begin(), words.end(), "ecdh-sha1") == 1);
    CHECK(std::count(words.begin(), words.end(), "kekri") == 1);
    CHECK(std::count(words.begin(), words.end(), "pwri") == 1);

    const auto other = [](std::string_view type) {
        return constructed(der::context(4, true), {primitive(der::oid, oid(type)),
                                                   primitive(der::octet_string, {0x30, 0x80})});
    };
    const Node nothing = constructed(der::context(2, true), {});
    const Node nonsense = constructed(der::context(3, true), {primitive(der::null, {1, 2, 3})});
    const Node flat = primitive(der::context(4, false), {0xff});
    Node foreign = tree("agreement.der");
    recipients(foreign).children = {other("1.2.840.113549.1.9.16.13.3"), other("1.2.3"), flat,
                                    nothing, nonsense};
    words.clear();
    const auto unknown = open(foreign);
    CHECK(unknown.report.error == smime::Error::no_matching_recipient);
    for (const auto& recipient : unknown.report.layers.at(0).recipients)
        words.push_back(recipient.key_management);
    CHECK(words == std::vector<std::string>{"kemri", "ori", "ori", "kekri", "pwri"});

    // and ours beside them opens
    Node ours = tree("mixed.der");
    auto& all = recipients(ours).children;
    all.insert(all.begin(), recipients(foreign).children.begin(),
               recipients(foreign).children.end());
    CHECK(open(ours).view);
}

TEST_CASE("every recipient and every certificate that a key identifier names is tried",
          "[smime][key_agreement]") {
    for (const auto& names : {std::vector<std::string>{"twin-1", "twin-2"},
                              std::vector<std::string>{"twin-2", "twin-1"}})
        CHECK(open(tree("twin.der"), samples::keys(names)).view);
    CHECK(open(tree("twin.der"), samples::keys({"twin-1"})).report.error ==
          smime::Error::decryption_failed);

    const Node mixed = tree("mixed.der");
    for (const char* name : {"alice", "alice-p256", "other-p256"})
        CHECK(open(mixed, samples::keys({name})).view);
    CHECK(open(mixed, samples::keys({"other"})).report.error ==
          smime::Error::no_matching_recipient);
    // one that is broken costs the other nothing
    Node broken = mixed;
    for (Node& recipient : recipients(broken).children) {
        if (recipient.tag != der::context(1, true)) continue;
        encrypted_keys(recipient).children[0].children[1].content[1] ^= 1;
    }
    CHECK(open(broken).view);
    CHECK(open(broken, samples::keys({"alice-p256"})).report.error ==
          smime::Error::decryption_failed);
}

TEST_CASE("each recipientEncryptedKey counts as a recipient (ENC-15)", "[smime][key_agreement]") {
    const auto with = [](std::size_t count) {
        return changed(
                   "agreement.der",
                   [&](Node& kari) {
                       Node foreign = encrypted_keys(kari).children[0];
                       foreign.children[0].children[1].content.push_back(1);  // the serial number
                       encrypted_keys(kari).children.insert(encrypted_keys(kari).children.begin(),
                                                            count - 1, foreign);
                   })
            .report.error;
    };
    CHECK(!with(smime::limits::recipients));
    CHECK(with(smime::limits::recipients + 1) == smime::Error::too_complex);
}

TEST_CASE("a sender's key and its material are bounded", "[smime][key_agreement]") {
    const auto key_of = [](std::size_t size) {
        return changed("agreement.der", [&](Node& kari) { originator_point(kari).resize(size); })
            .report.error;
    };
    CHECK(key_of(smime::limits::originator_key) == smime::Error::decryption_failed);
    CHECK(key_of(smime::limits::originator_key + 1) == smime::Error::malformed);
    const auto material_of = [](std::size_t size) {
        return changed("agreement.der",
                       [&](Node& kari) {
                           kari.children.insert(
                               kari.children.begin() + 2,
                               constructed(der::context(1, true),
                                           {primitive(der::octet_string, keystore::Bytes(size))}));
                       })
            .report.error;
    };
    CHECK(material_of(smime::limits::user_keying_material) == smime::Error::decryption_failed);
    CHECK(material_of(smime::limits::user_keying_material + 1) == smime::Error::malformed);
}

TEST_CASE("RSA keys below 2048 bits open only what the owner lets be opened (ENC-12)",
          "[smime][key_agreement]") {
    const std::string message = samples::read(samples::directory() / "legacy" / "rsa1024.eml");
    const auto weak = samples::keys({"alice1024"});
    const auto closed = smime::open(message, weak, {});
    CHECK(!closed.view);
    CHECK(closed.report.error == smime::Error::legacy_algorithm);
    CHECK(closed.report.encryption == smime::Encryption::legacy);
    CHECK(closed.report.layers.at(0).legacy);
    smime::Settings settings;
    settings.legacy = true;
    const auto opened = smime::open(message, weak, settings);
    CHECK(opened.view);
    CHECK(opened.report.encryption == smime::Encryption::legacy);
}
