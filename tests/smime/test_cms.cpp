#include "smime/cms.hpp"

#include "smime/canonical.hpp"
#include "tests/catch.hpp"
#include "tests/smime/der_tree.hpp"
#include "tests/smime/samples.hpp"

namespace {

namespace der = keystore::der;

der::Element element(const keystore::Bytes& octets) {
    der::Reader in{octets, der::Limits::ber()};
    return in.next().value();
}

std::optional<std::string> joined(keystore::Bytes buffer) {
    const auto octets = smime::join_in_place(element(buffer), buffer);
    if (!octets) return std::nullopt;
    return samples::text(*octets);
}

}  // namespace

TEST_CASE("the pieces of a string are joined where they stand", "[smime][cms]") {
    CHECK(joined({4, 0}) == "");
    CHECK(joined({4, 3, 'a', 'b', 'c'}) == "abc");
    CHECK(joined({0x80, 3, 'a', 'b', 'c'}) == "abc");
    CHECK(joined({0x24, 0}) == "");
    CHECK(joined({0x24, 0x80, 0, 0}) == "");
    CHECK(joined({0xa0, 0x80, 4, 2, 'a', 'b', 4, 0, 4, 1, 'c', 0, 0}) == "abc");
    CHECK(joined({0x24, 0x80, 0x24, 0x80, 4, 1, 'a', 0, 0, 0x24, 3, 4, 1, 'b', 4, 1, 'c', 0, 0}) ==
          "abc");
    CHECK(!joined({0xa0, 0x80, 4, 1, 'a', 2, 1, 0, 0, 0}));
    CHECK(!joined({0xa0, 3, 0x30, 1, 4}));

    keystore::Bytes large(100'000);
    for (std::size_t i = 0; i < large.size(); ++i) large[i] = static_cast<std::uint8_t>(i % 251);
    const der_tree::Node node{der::octet_string, large, {}};
    CHECK(joined(der_tree::write(node, der_tree::Form::in_pieces)) == samples::text(large));
}

TEST_CASE("attributes are authenticated as the DER of a SET OF (RFC 5083, 2.2)", "[smime][cms]") {
    const auto set = [](const keystore::Bytes& octets) {
        return smime::der_set_of(element(octets));
    };
    CHECK(set({0xa1, 0}) == keystore::Bytes{0x31, 0});
    CHECK(set({0xa1, 0x80, 0, 0}) == keystore::Bytes{0x31, 0});
    // Order, indefinite and long lengths, constructed strings
    CHECK(set({0xa1, 0x80, 0x30, 0x80, 6, 1, 42,   0x31, 0x81, 6, 4, 1,
               2,    4,    1,    1,    0, 0, 0x30, 2,    5,    0, 0, 0}) ==
          keystore::Bytes{0x31, 17, 0x30, 2, 5, 0, 0x30, 11, 6, 1, 42, 0x31, 6, 4, 1, 1, 4, 1, 2});
    CHECK(set({0xa1, 0x80, 0x24, 0x80, 4, 1, 'a', 4, 1, 'b', 0, 0, 0, 0}) ==
          keystore::Bytes{0x31, 4, 4, 2, 'a', 'b'});
    CHECK(!set({0x81, 1, 0}));
    CHECK(!set({0xa1, 2, 0x30, 1}));
    CHECK(!set([] {
        der::Writer out;
        out.element(der::context(1, true), keystore::Bytes(70'000));
        return out.take();
    }()));
}

TEST_CASE("CMS is read into its fields", "[smime][cms]") {
    const auto octets = samples::part("two.der");
    const auto info = smime::ContentInfo::read(octets);
    REQUIRE(info);
    CHECK(info->content_type == "1.2.840.113549.1.7.3");
    const auto enveloped = smime::EnvelopedData::read(info->content);
    REQUIRE(enveloped);
    CHECK(enveloped->recipient_infos.size() == 2);
    CHECK(enveloped->recipient_infos[0].encrypted_key->content.size() == 256);
    CHECK(enveloped->encrypted_content_info.content_type == "1.2.840.113549.1.7.1");
    CHECK(enveloped->encrypted_content_info.content_encryption_algorithm.algorithm ==
          "2.16.840.1.101.3.4.1.2");
    CHECK(enveloped->encrypted_content_info.encrypted_content->content.size() % 16 == 0);
    CHECK(!smime::AuthEnvelopedData::read(info->content));
    CHECK(!smime::SignedData::read(info->content));

    const auto signed_octets = samples::part("signed.ber");
    const auto signed_info = smime::ContentInfo::read(signed_octets);
    REQUIRE(signed_info);
    const auto signed_data = smime::SignedData::read(signed_info->content);
    REQUIRE(signed_data);
    CHECK(signed_data->has_signers);
    CHECK(signed_data->e_content);
}
