#include "keystore/certificate.hpp"
#include "keystore/crypto.hpp"
#include "keystore/der.hpp"
#include "keystore/limits.hpp"
#include "keystore/name.hpp"
#include "keystore/time.hpp"
#include "tests/catch.hpp"
#include "tests/keystore/files.hpp"

using namespace keystore;
using tests::key_file;
using tests::octets;

namespace {

constexpr der::Tag utf8_string{0, 12, false}, printable_string{0, 19, false},
    bmp_string{0, 30, false}, ia5_string{0, 22, false};

/// A Name of one attribute.
Bytes name(std::string_view oid, der::Tag type, BytesView value) {
    der::Writer attribute, attributes, set, names;
    attribute.oid(oid);
    attribute.element(type, value);
    attributes.element(der::sequence, attribute.octets());
    set.element(der::set, attributes.octets());
    names.element(der::sequence, set.octets());
    return names.take();
}

std::string common_name(der::Tag type, std::string_view value) {
    return name_text(name("2.5.4.3", type, octets(value)));
}

std::optional<std::int64_t> seconds(der::Tag type, std::string_view text) {
    der::Writer out;
    out.element(type, octets(text));
    der::Reader in{out.octets(), der::Limits::der()};
    const auto time = read_time(in);
    if (!time) return std::nullopt;
    return time->time_since_epoch().count();
}

}  // namespace

TEST_CASE("A certificate says whose it is", "[certificate]") {
    const auto alice = Certificate::parse(key_file("alice.der"));
    REQUIRE(alice);
    CHECK(alice->subject_text == "CN=alice,O=Example");
    CHECK(alice->issuer_text == alice->subject_text);
    CHECK(alice->addresses == std::vector<std::string>{"alice@example.org"});
    CHECK(alice->key_algorithm == "rsa");
    CHECK(alice->key_usage == std::uint16_t{1 << 2});  // keyEncipherment
    CHECK(alice->subject_key_identifier);
    CHECK(alice->not_after - alice->not_before == std::chrono::days{365});
    CHECK(alice->serial_text.size() <= 40);

    CHECK(Certificate::parse(key_file("ec.der"))->key_algorithm == "ec");
    CHECK(Certificate::parse(key_file("ed25519.der"))->key_algorithm == "1.3.101.112");
}

TEST_CASE("CERT-12: a certificate of version 1 is read", "[certificate]") {
    const auto old = Certificate::parse(key_file("v1.der"));
    REQUIRE(old);
    CHECK(old->subject_text == "CN=v1");
    CHECK_FALSE(old->subject_key_identifier);
    CHECK_FALSE(old->key_usage);
    CHECK(old->addresses.empty());
    // Named by the digest of its key, since it names none itself (RFC 5652, 6.2.1).
    const auto alice = Certificate::parse(key_file("alice.der"));
    CHECK(old->is_named_by(*alice->subject_key_identifier));
}

TEST_CASE("A certificate knows when it is named", "[certificate]") {
    const auto alice = Certificate::parse(key_file("alice.der"));
    const auto old = Certificate::parse(key_file("v1.der"));
    CHECK(alice->is_named_by(alice->issuer_and_serial_number));
    CHECK_FALSE(alice->is_named_by(old->issuer_and_serial_number));
    CHECK(alice->is_named_by(*alice->subject_key_identifier));
    IssuerAndSerialNumber other = alice->issuer_and_serial_number;
    other.serial_number.back() ^= 1;
    CHECK_FALSE(alice->is_named_by(other));
    CHECK_FALSE(alice->is_named_by(SubjectKeyIdentifier{}));
}

TEST_CASE("ASN-03: no cut or missing field makes a certificate", "[certificate]") {
    const Bytes good = key_file("alice.der");
    for (std::size_t size = 0; size < good.size(); ++size)
        CHECK_FALSE(Certificate::parse(BytesView{good}.first(size)));
    Bytes longer = good;
    longer.push_back(0);
    CHECK_FALSE(Certificate::parse(longer));

    // Without each field of TBSCertificate in turn.
    der::Reader outer{good, der::Limits::der()};
    auto certificate = outer.enter(der::sequence);
    const auto tbs = certificate->next();
    const auto algorithm = certificate->next(), signature = certificate->next();
    std::vector<BytesView> fields;
    auto in = der::Reader::inside(*tbs, der::Limits::der());
    while (const auto field = in.next()) fields.push_back(field->octets);
    REQUIRE(fields.size() == 8);
    for (std::size_t without = 0; without < fields.size(); ++without) {
        der::Writer kept, parts, whole;
        for (std::size_t i = 0; i < fields.size(); ++i)
            if (i != without) kept.raw(fields[i]);
        parts.element(der::sequence, kept.octets());
        parts.raw(algorithm->octets);
        parts.raw(signature->octets);
        whole.element(der::sequence, parts.octets());
        INFO(without);
        const bool optional = without == 0 || without == 7;  // version, extensions
        CHECK(Certificate::parse(whole.octets()).has_value() == optional);
    }
}

TEST_CASE("Changed octets never harm", "[certificate]") {
    Bytes changed = key_file("alice.der");
    for (std::size_t i = 0; i < changed.size(); ++i)
        for (const std::uint8_t bit :
             {std::uint8_t{0x01}, std::uint8_t{0x20}, std::uint8_t{0x80}}) {
            changed[i] ^= bit;
            if (const auto certificate = Certificate::parse(changed))
                CHECK(certificate->der == changed);
            changed[i] ^= bit;
        }
}

TEST_CASE("Names are written as RFC 4514 says", "[name]") {
    CHECK(common_name(utf8_string, "Alice") == "CN=Alice");
    CHECK(common_name(printable_string, "a,b+c\"d\\e<f>g;h=i") ==
          "CN=a\\,b\\+c\\\"d\\\\e\\<f\\>g\\;h\\=i");
    CHECK(common_name(utf8_string, "#x ") == "CN=\\#x\\ ");
    CHECK(common_name(utf8_string, " ") == "CN=\\ ");
    CHECK(common_name(utf8_string, "") == "CN=");
    CHECK(common_name(utf8_string, "Zoë") == "CN=Zoë");
    CHECK(common_name(bmp_string, std::string_view{"\0Z\0\xeb", 4}) == "CN=Zë");
    CHECK(common_name({0, 20, false}, "Zo\xeb") == "CN=Zoë");
    CHECK(common_name(der::octet_string, "ab") == "CN=#04026162");
    CHECK(name_text(name("1.2.3.4", utf8_string, octets("x"))) == "1.2.3.4=x");
    CHECK(name_text(tests::from_hex("3000")).empty());
    CHECK(name_text(tests::from_hex("0500")).empty());
}

TEST_CASE("CERT-12: what could deceive the eye is escaped", "[name]") {
    CHECK(common_name(utf8_string, "a\r\nb\x1b[2J") == "CN=a\\0D\\0Ab\\1B[2J");
    CHECK(common_name(utf8_string, std::string_view{"a\0b", 3}) == "CN=a\\00b");
    CHECK(common_name(utf8_string, "a\u202eb") == "CN=a\\E2\\80\\AEb");      // right to left
    CHECK(common_name(utf8_string, "a\u200bb") == "CN=a\\E2\\80\\8Bb");      // zero width
    CHECK(common_name(utf8_string, "a\xff\xc0\xaf") == "CN=a\\FF\\C0\\AF");  // no UTF-8
    CHECK(common_name(utf8_string, "\xed\xa0\x80") == "CN=\\ED\\A0\\80");    // a surrogate
}

TEST_CASE("CERT-12: the text of a name is bounded", "[name]") {
    const std::string text = common_name(utf8_string, std::string(1'000'000, 'x'));
    CHECK(text.size() == limits::name_text + 3);
    CHECK(text.substr(text.size() - 3) == "...");
}

TEST_CASE("Mail addresses are found in a name", "[name]") {
    const auto found = name_addresses(name("1.2.840.113549.1.9.1", ia5_string, octets("a@b")));
    CHECK(found == std::vector<std::string>{"a@b"});
    CHECK(name_addresses(name("2.5.4.3", ia5_string, octets("a@b"))).empty());
}

TEST_CASE("Times are read", "[time]") {
    CHECK(seconds(der::utc_time, "700101000000Z") == 0);
    CHECK(seconds(der::utc_time, "500101000000Z") == -631152000);
    CHECK(seconds(der::utc_time, "491231235959Z") == 2524607999);
    CHECK(seconds(der::utc_time, "0001010000Z") == 946684800);
    CHECK(seconds(der::utc_time, "000101010000+0100") == 946684800);
    CHECK(seconds(der::generalized_time, "20000229235959Z") == 951868799);
    CHECK(seconds(der::generalized_time, "99991231235959Z") == 253402300799);
    for (const std::string_view text :
         {"", "Z", "700101000000", "701301000000Z", "700100000000Z", "700230000000Z",
          "700101240000Z", "700101006000Z", "700101000060Z", "7001010000000Z", "70010100000xZ",
          "000101000000+2400", "000101000000Zz", "000101000000.5Z", "-10101000000Z"})
        CHECK_FALSE(seconds(der::utc_time, text));
    CHECK_FALSE(seconds(der::generalized_time, "20010229000000Z"));
    CHECK_FALSE(seconds(der::octet_string, "700101000000Z"));
}
