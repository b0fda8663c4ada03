#include <initializer_list>
#include <string_view>

#include "keystore/der.hpp"
#include "keystore/distinguished_name.hpp"
#include "keystore/name_constraints.hpp"
#include "tests/catch.hpp"
#include "tests/keystore/files.hpp"

using namespace keystore;
using Form = GeneralName::Form;
using tests::octets;

namespace {

constexpr der::Tag utf8_string{0, 12, false}, printable_string{0, 19, false},
    bmp_string{0, 30, false};

struct Attribute {
    std::string_view oid;
    der::Tag type;
    std::string_view value;
};

/// Each attribute is a relative name of its own.
std::optional<DistinguishedName> name(std::initializer_list<Attribute> attributes) {
    der::Writer names, whole;
    for (const Attribute& one : attributes) {
        der::Writer inside, sequence, set;
        inside.oid(one.oid);
        inside.element(one.type, octets(one.value));
        sequence.element(der::sequence, inside.octets());
        set.element(der::set, sequence.octets());
        names.raw(set.octets());
    }
    whole.element(der::sequence, names.octets());
    return DistinguishedName::parse(whole.octets());
}

std::optional<DistinguishedName> common_name(der::Tag type, std::string_view value) {
    return name({{"2.5.4.3", type, value}});
}

GeneralName general(Form form, std::string_view value) {
    GeneralName one;
    one.form = form;
    one.value = value;
    return one;
}

Bytes constraints(std::uint32_t which, std::uint32_t tag, std::string_view base) {
    der::Writer subtree, subtrees, list, whole;
    subtree.element(der::context(tag, false), octets(base));
    subtrees.element(der::sequence, subtree.octets());
    list.element(der::context(which, true), subtrees.octets());
    whole.element(der::sequence, list.octets());
    return whole.take();
}

bool permits(Form form, std::string_view base, std::string_view value) {
    const auto parsed =
        NameConstraints::parse(constraints(0, static_cast<std::uint32_t>(form), base));
    return parsed && parsed->allow({general(form, value)});
}

bool excludes(Form form, std::string_view base, std::string_view value) {
    const auto parsed =
        NameConstraints::parse(constraints(1, static_cast<std::uint32_t>(form), base));
    return parsed && !parsed->allow({general(form, value)});
}

}  // namespace

TEST_CASE("Names are compared as RFC 5280, 7.1 says", "[name]") {
    const auto alice = common_name(printable_string, "Alice  Example");
    REQUIRE(alice);
    CHECK(alice == common_name(utf8_string, " alice example "));
    CHECK(alice ==
          common_name(bmp_string, std::string_view{"\0A\0l\0i\0c\0e\0 \0E\0x\0a\0m\0p\0l\0e", 26}));
    CHECK(alice != common_name(utf8_string, "aliceexample"));
    CHECK(alice != name({{"2.5.4.10", utf8_string, "alice example"}}));
    CHECK(alice != common_name(der::octet_string, "alice example"));
    CHECK(common_name(utf8_string, "Zoë") == common_name(utf8_string, "zoë"));
    CHECK(common_name(utf8_string, "Zoë") == common_name({0, 20, false}, "Zo\xeb"));
    CHECK_FALSE(common_name(utf8_string, "Zoë")->is_ascii());
    CHECK(alice->is_ascii());
}

TEST_CASE("Names that could be read in two ways are none", "[name]") {
    CHECK_FALSE(common_name(utf8_string, std::string_view{"good\0evil", 9}));
    CHECK_FALSE(common_name(utf8_string, "\xff"));
    CHECK_FALSE(common_name(printable_string, "\xc3\xab"));
    CHECK_FALSE(common_name(bmp_string, "odd"));
    CHECK_FALSE(DistinguishedName::parse(tests::from_hex("30023100")));  // an empty relative name
    CHECK_FALSE(DistinguishedName::parse(tests::from_hex("3000 00")));
    CHECK(DistinguishedName::parse(tests::from_hex("3000"))->empty());
}

TEST_CASE("A name is within those that it begins with", "[name]") {
    const auto good = name({{"2.5.4.10", utf8_string, "Good"}});
    const auto alice =
        name({{"2.5.4.10", printable_string, "good"}, {"2.5.4.3", utf8_string, "Alice"}});
    const auto behind =
        name({{"2.5.4.3", utf8_string, "Alice"}, {"2.5.4.10", utf8_string, "Good"}});
    CHECK(alice->is_within(*good));
    CHECK(good->is_within(*good));
    CHECK_FALSE(good->is_within(*alice));
    CHECK_FALSE(behind->is_within(*good));
    CHECK_FALSE(name({{"2.5.4.10", utf8_string, "Goods"}})->is_within(*good));
    CHECK(good->is_within(DistinguishedName{}));
}

TEST_CASE("CERT-02: constraints of mail addresses", "[name]") {
    const auto mail = Form::rfc822_name;
    CHECK(permits(mail, "good.example", "alice@good.example"));
    CHECK(permits(mail, "good.example", "alice@GOOD.example"));
    CHECK_FALSE(permits(mail, "good.example", "alice@sub.good.example"));
    CHECK(permits(mail, ".good.example", "alice@sub.good.example"));
    CHECK_FALSE(permits(mail, ".good.example", "alice@good.example"));
    CHECK_FALSE(permits(mail, ".good.example", "alice@evilgood.example"));
    CHECK(permits(mail, "alice@good.example", "alice@Good.Example"));
    CHECK_FALSE(permits(mail, "alice@good.example", "Alice@good.example"));
    CHECK_FALSE(permits(mail, "alice@good.example", "bob@good.example"));
    CHECK(excludes(mail, "alice@good.example", "ALICE@good.example"));
    CHECK(excludes(mail, "bad.example", "alice@bad.example"));
    CHECK_FALSE(excludes(mail, "bad.example", "alice@good.example"));
    // What readers could disagree on is allowed by no constraint.
    for (const std::string_view odd :
         {"alice", "@good.example", "a@evil.example@good.example",
          "\"a@evil.example\"@good.example", "alice@good.example\n", "alice@good.example.",
          "a b@good.example", "alice@[127.0.0.1]", "alice@gööd.example", ""}) {
        INFO(odd);
        CHECK_FALSE(permits(mail, "good.example", odd));
        CHECK(excludes(mail, "bad.example", odd));
    }
    CHECK_FALSE(permits(mail, "good.example", std::string_view{"a\0@good.example", 15}));
    CHECK_FALSE(
        permits(mail, "good.example", std::string_view{"a@good.example\0.evil.example", 28}));
}

TEST_CASE("RFC 9598, 6: constraints of rfc822Names hold for SmtpUTF8Mailbox", "[name]") {
    const auto parsed = NameConstraints::parse(constraints(0, 1, "good.example"));
    REQUIRE(parsed);
    CHECK(parsed->allow({general(Form::smtp_utf8_mailbox, "alïce@good.example")}));
    CHECK_FALSE(parsed->allow({general(Form::smtp_utf8_mailbox, "alïce@bank.example")}));
    CHECK_FALSE(parsed->allow({general(Form::smtp_utf8_mailbox, "alïce@bänk.example")}));
    CHECK_FALSE(parsed->allow({general(Form::rfc822_name, "a@good.example"),
                               general(Form::smtp_utf8_mailbox, "a@bank.example")}));
    CHECK(parsed->allow({general(Form::dns_name, "bank.example")}));
    CHECK(parsed->allow({}));
}

TEST_CASE("Constraints of hosts, URIs and addresses", "[name]") {
    const auto dns = Form::dns_name;
    CHECK(permits(dns, "good.example", "good.example"));
    CHECK(permits(dns, "good.example", "a.b.Good.example"));
    CHECK_FALSE(permits(dns, "good.example", "evilgood.example"));
    CHECK(permits(dns, "", "any.example"));
    CHECK(excludes(dns, "a.good.example", "*.good.example"));
    CHECK_FALSE(permits(dns, "a.good.example", "*.good.example"));
    CHECK(permits(Form::uri, "good.example", "https://user@good.example:443/path"));
    CHECK_FALSE(permits(Form::uri, "good.example", "https://good.example@evil.example/"));
    CHECK_FALSE(permits(Form::uri, "good.example", "mailto:alice@good.example"));
    CHECK_FALSE(permits(Form::uri, "good.example", "https://10.0.0.1/"));
    const std::string_view ten{"\x0a\x00\x00\x00\xff\x00\x00\x00", 8};
    CHECK(permits(Form::ip_address, ten, "\x0a\x01\x02\x03"));
    CHECK_FALSE(permits(Form::ip_address, ten, "\x0b\x01\x02\x03"));
    CHECK_FALSE(permits(Form::ip_address, ten, "\x0a\x01\x02"));
}

TEST_CASE("A constraint that can't be understood is none", "[name]") {
    for (const std::string_view base :
         {"", "@good.example", "a@", "a@.good.example", "good..example"}) {
        INFO(base);
        CHECK_FALSE(NameConstraints::parse(constraints(0, 1, base)));
    }
    CHECK_FALSE(NameConstraints::parse(constraints(0, 7, "\x0a\x01\x02\x03")));
    CHECK_FALSE(NameConstraints::parse(
        constraints(0, 7, std::string_view{"\x0a\x00\x00\x00\xff\x00\xff\x00", 8})));
    CHECK_FALSE(NameConstraints::parse(tests::from_hex("3000")));
    CHECK_FALSE(NameConstraints::parse(tests::from_hex("3002a000")));
    // A minimum other than 0, and a maximum: RFC 5280 allows neither.
    CHECK_FALSE(NameConstraints::parse(tests::from_hex("300ea00c300a8105612e62 2e63 800101")));
    CHECK(NameConstraints::parse(tests::from_hex("300ea00c300a8105612e62 2e63 800100")));
    CHECK_FALSE(NameConstraints::parse(tests::from_hex("300ea00c300a8105612e62 2e63 810100")));
}

TEST_CASE("A form that is constrained and can't be compared allows nothing", "[name]") {
    const auto parsed = NameConstraints::parse(constraints(0, 8, "*"));  // registeredID
    REQUIRE(parsed);
    CHECK_FALSE(parsed->allow({general(Form::registered_id, "*")}));
    CHECK(parsed->allow({general(Form::rfc822_name, "a@b.example")}));
}
