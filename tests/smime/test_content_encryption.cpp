#include "smime/content_encryption.hpp"

#include "smime/open.hpp"
#include "tests/catch.hpp"
#include "tests/smime/der_tree.hpp"
#include "tests/smime/samples.hpp"

namespace {

using der_tree::Node;
namespace der = keystore::der;

Node& data(Node& message) {
    return message.children[1].children[0];
}
Node& cipher(Node& message) {
    return data(message).children[2].children[1];
}
Node& mac(Node& message) {
    return data(message).children.back();
}

Node oid(std::string_view dotted) {
    der::Writer out;
    out.oid(dotted);
    return der_tree::parse(out.octets());
}

/// The error of a message, opened with a keystore without keys: what is refused although there is
/// no key was refused before any was touched.
std::optional<smime::Error> error(const Node& message, bool legacy = false) {
    static const keystore::Keystore no_keys;
    smime::Settings settings;
    settings.legacy = legacy;
    return smime::open(samples::message(der_tree::write(message)), no_keys, settings).report.error;
}

const std::string cbc256 = "2.16.840.1.101.3.4.1.42";
const std::string gcm256 = "2.16.840.1.101.3.4.1.46";

}  // namespace

TEST_CASE("an AEAD stands in AuthEnvelopedData only, and nothing else stands there (ENC-01)",
          "[smime][content_encryption]") {
    using smime::Error;
    Node gcm = der_tree::parse(samples::part("gcm.der"));
    CHECK(error(gcm) == Error::no_matching_recipient);
    cipher(gcm).children[0] = oid(cbc256);
    cipher(gcm).children[1] = {der::octet_string, keystore::Bytes(16), {}};
    CHECK(error(gcm) == Error::malformed);
    cipher(gcm).children[0] = oid("2.16.840.1.101.3.4.1.43");  // OFB
    CHECK(error(gcm) == Error::unsupported_algorithm);
    cipher(gcm).children[0] = oid("1.2.3.4");
    CHECK(error(gcm) == Error::unsupported_algorithm);

    Node cbc = der_tree::parse(samples::part("cbc.der"));
    CHECK(error(cbc) == Error::no_matching_recipient);
    Node other = der_tree::parse(samples::part("gcm.der"));
    cipher(cbc) = cipher(other);
    CHECK(error(cbc) == Error::malformed);
    // The type alone changed: EnvelopedData has no MAC.
    other.children[0] = oid("1.2.840.113549.1.7.3");
    CHECK(error(other) == Error::malformed);
}

TEST_CASE("GCM is opened with a nonce of 12 and a tag of 12 to 16 octets, as announced (ENC-02)",
          "[smime][content_encryption]") {
    using smime::Error;
    const Node original = der_tree::parse(samples::part("gcm.der"));
    const auto with = [&](std::size_t nonce, std::optional<std::uint64_t> announced,
                          std::size_t tag) {
        Node message = original;
        der::Writer parameters;
        parameters.element(der::octet_string, keystore::Bytes(nonce));
        if (announced) parameters.integer(*announced);
        der::Writer whole;
        whole.element(der::sequence, parameters.octets());
        cipher(message).children[1] = der_tree::parse(whole.octets());
        mac(message).content = keystore::Bytes(tag);
        return error(message);
    };
    for (std::uint64_t length = 0; length < 256; ++length) {
        INFO(length);
        const bool right = length >= 12 && length <= 16;
        CHECK(with(12, length, length) ==
              (right ? Error::no_matching_recipient : Error::malformed));
        CHECK(with(12, length, length + 1) == Error::malformed);
        if (length > 0) CHECK(with(12, length, length - 1) == Error::malformed);
        CHECK(with(12, 16, length) ==
              (length == 16 ? Error::no_matching_recipient : Error::malformed));
        CHECK(with(length, 16, 16) ==
              (length == 12 ? Error::no_matching_recipient : Error::unsupported_algorithm));
    }
    CHECK(with(12, std::nullopt, 12) == Error::no_matching_recipient);  // the default
    CHECK(with(12, std::nullopt, 16) == Error::malformed);
    CHECK(with(12, 0xffffffffffffff, 16) == Error::malformed);
    CHECK(with(100'000, 16, 16) == Error::malformed);
}

TEST_CASE("CCM is opened with a nonce of 7 to 13 and a tag of 12, 14 or 16 octets (ENC-02)",
          "[smime][content_encryption]") {
    using smime::Error;
    const Node original = der_tree::parse(samples::part("ccm.der"));
    const auto with = [&](std::size_t nonce, std::optional<std::uint64_t> announced,
                          std::size_t tag) {
        Node message = original;
        der::Writer parameters;
        parameters.element(der::octet_string, keystore::Bytes(nonce));
        if (announced) parameters.integer(*announced);
        der::Writer whole;
        whole.element(der::sequence, parameters.octets());
        cipher(message).children[1] = der_tree::parse(whole.octets());
        mac(message).content = keystore::Bytes(tag);
        return error(message);
    };
    for (std::uint64_t length = 0; length < 256; ++length) {
        INFO(length);
        const bool right = length == 12 || length == 14 || length == 16;
        CHECK(with(12, length, length) ==
              (right ? Error::no_matching_recipient : Error::malformed));
        CHECK(with(12, length, length + 1) == Error::malformed);
        if (length > 0) CHECK(with(12, length, length - 1) == Error::malformed);
        CHECK(with(length, 16, 16) ==
              (length >= 7 && length <= 13 ? Error::no_matching_recipient : Error::malformed));
    }
    CHECK(with(12, std::nullopt, 12) == Error::no_matching_recipient);  // the default
    CHECK(with(12, std::nullopt, 16) == Error::malformed);
    CHECK(with(100'000, 16, 16) == Error::malformed);
}

TEST_CASE("ChaCha20-Poly1305 is opened with a nonce of 12 and a tag of 16 octets (ENC-02)",
          "[smime][content_encryption]") {
    using smime::Error;
    const Node original = der_tree::parse(samples::part("chacha20.der"));
    for (std::size_t length = 0; length < 256; ++length) {
        INFO(length);
        Node message = original;
        cipher(message).children[1].content = keystore::Bytes(length);
        CHECK(error(message) == (length == 12 ? Error::no_matching_recipient : Error::malformed));
        message = original;
        mac(message).content = keystore::Bytes(length);
        CHECK(error(message) == (length == 16 ? Error::no_matching_recipient : Error::malformed));
    }
    Node message = original;
    cipher(message).children.pop_back();
    CHECK(error(message) == Error::malformed);
}

TEST_CASE("a derived key changes nothing of what is refused without a key (RFC 9709, ENC-01)",
          "[smime][content_encryption]") {
    using smime::Error;
    const Node original = der_tree::parse(samples::part("hkdf-cbc.der"));
    CHECK(error(original) == Error::no_matching_recipient);
    Node gcm = der_tree::parse(samples::part("gcm.der"));
    Node message = original;
    Node& inner = cipher(message).children[1];
    inner.children[1].content.pop_back();
    CHECK(error(message) == Error::malformed);
    cipher(message).children[1] = cipher(gcm);
    CHECK(error(message) == Error::malformed);
    cipher(message).children[1].children[0] = oid("1.2.3.4");
    CHECK(error(message) == Error::unsupported_algorithm);
    cipher(message).children[1] = {der::null, {}, {}};
    CHECK(error(message) == Error::malformed);
}

TEST_CASE("CBC is opened with an IV of one block", "[smime][content_encryption]") {
    using smime::Error;
    for (const auto& [name, block] :
         {std::pair{"cbc.der", 16U}, std::pair{"des3.der", 8U}, std::pair{"des.der", 8U}}) {
        INFO(name);
        const Node original = der_tree::parse(samples::part(name));
        for (std::size_t length = 0; length < 256; ++length) {
            Node message = original;
            cipher(message).children[1].content = keystore::Bytes(length);
            CHECK(error(message, true) ==
                  (length == block ? Error::no_matching_recipient : Error::malformed));
        }
        Node message = original;
        cipher(message).children.pop_back();
        CHECK(error(message, true) == Error::malformed);
    }
}

TEST_CASE("RC2 is opened with the parameters of RFC 3370, 5.2", "[smime][content_encryption]") {
    using smime::Error;
    const Node original = der_tree::parse(samples::part("rc2.der"));
    const auto with = [&](std::uint64_t version, std::size_t iv) {
        Node message = original;
        der::Writer parameters;
        parameters.integer(version);
        parameters.element(der::octet_string, keystore::Bytes(iv));
        der::Writer whole;
        whole.element(der::sequence, parameters.octets());
        cipher(message).children[1] = der_tree::parse(whole.octets());
        return error(message, true);
    };
    for (std::uint64_t version = 0; version < 300; ++version) {
        const bool told = version == 160 || version == 120 || version == 58;
        CHECK(with(version, 8) ==
              (told ? Error::no_matching_recipient : Error::unsupported_algorithm));
    }
    for (std::size_t iv = 0; iv < 256; ++iv)
        CHECK(with(58, iv) == (iv == 8 ? Error::no_matching_recipient : Error::malformed));
    Node message = original;
    cipher(message).children[1].children.pop_back();
    CHECK(error(message, true) == Error::malformed);
    cipher(message).children.pop_back();
    CHECK(error(message, true) == Error::malformed);
    message = original;  // RFC 2268, 6 has an IV alone, for 32 effective bits
    cipher(message).children[1] = {der::octet_string, keystore::Bytes(8), {}};
    CHECK(error(message, true) == Error::malformed);
}
