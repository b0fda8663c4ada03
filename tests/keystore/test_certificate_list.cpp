#include "keystore/certificate_list.hpp"

#include "keystore/der.hpp"
#include "keystore/limits.hpp"
#include "tests/catch.hpp"
#include "tests/keystore/files.hpp"

using namespace keystore;

namespace {

CertificateList list(const std::string& name) {
    return *CertificateList::parse(tests::path_file(name + ".crl"));
}

Certificate certificate(const std::string& name) {
    return *Certificate::parse(tests::path_file(name + ".der"));
}

std::optional<CertificateList::Entry> entry(const std::string& crl, const std::string& name) {
    const Certificate one = certificate(name);
    return list(crl).find(one.issuer_name, one.issuer_and_serial_number.serial_number);
}

}  // namespace

TEST_CASE("A CRL says who is revoked, since when and why", "[crl]") {
    const auto alice = entry("sub-revoked", "alice");
    REQUIRE(alice);
    CHECK(alice->reason == CertificateList::Reason::key_compromise);
    CHECK(alice->revocation_date == std::chrono::sys_days{std::chrono::year{2035} / 2 / 1});
    CHECK_FALSE(alice->invalidity_date);
    CHECK_FALSE(entry("sub-revoked", "bob"));
    CHECK(entry("sub-hold", "alice")->reason == CertificateList::Reason::certificate_hold);
    CHECK(entry("sub-unhold", "alice")->reason == CertificateList::Reason::remove_from_crl);
    // keyTime is what openssl calls a key compromise with an invalidityDate.
    const auto sub = entry("root-revoked", "sub");
    REQUIRE(sub);
    CHECK(sub->invalidity_date == std::chrono::sys_days{std::chrono::year{2035} / 1 / 1});
    // The serial number of another issuer is another certificate's.
    const Certificate alice_of_sub = certificate("alice");
    CHECK_FALSE(list("sub-revoked")
                    .find(certificate("sub").issuer_name,
                          alice_of_sub.issuer_and_serial_number.serial_number));
}

TEST_CASE("A CRL says what it is about", "[crl]") {
    const CertificateList plain = list("sub-empty");
    CHECK(plain.size() == 0);
    CHECK(plain.is_understood());
    CHECK(plain.issuer() == certificate("sub").subject_name);
    CHECK(plain.this_update() == std::chrono::sys_days{std::chrono::year{2035} / 5 / 1});
    CHECK(plain.next_update() == std::chrono::sys_days{std::chrono::year{2035} / 8 / 1});
    CHECK(plain.number());
    CHECK_FALSE(plain.base_number());
    CHECK_FALSE(plain.issuing_distribution_point());

    CHECK(list("sub-hold").number() == Bytes{5});
    CHECK(list("sub-delta").number() == Bytes{6});
    CHECK(list("sub-delta").base_number() == Bytes{5});
    CHECK(list("sub-idp").issuing_distribution_point()->only_user_certificates);
    CHECK(list("sub-only-cas").issuing_distribution_point()->only_ca_certificates);
    CHECK(list("sub-some").issuing_distribution_point()->reasons == (1 << 1 | 1 << 2));
    CHECK_FALSE(list("sub-unknown").is_understood());
}

TEST_CASE("MEAS-3: a critical issuingDistributionPoint is read", "[crl]") {
    CHECK(list("sub-idp").is_understood());
}

TEST_CASE("A CRL of 100 000 entries is found through", "[crl]") {
    const CertificateList many = list("sub-many");
    CHECK(many.size() == 100'001);
    const Certificate bob = certificate("bob");
    CHECK(many.find(bob.issuer_name, bob.issuer_and_serial_number.serial_number));
    for (const std::uint32_t n : {0U, 1U, 50'000U, 99'999U}) {
        const std::uint32_t number = 1'000'000 + n * 7;
        Bytes serial;
        for (const int shift : {24, 16, 8, 0})
            if (const auto octet = static_cast<std::uint8_t>(number >> shift);
                octet != 0 || !serial.empty())
                serial.push_back(octet);
        CHECK(many.find(bob.issuer_name, serial));
        serial.back() ^= 1;
        CHECK_FALSE(many.find(bob.issuer_name, serial));
    }
}

TEST_CASE("ASN-03: no cut CRL is one", "[crl]") {
    const Bytes good = tests::path_file("sub-revoked.crl");
    for (std::size_t size = 0; size < good.size(); ++size)
        CHECK_FALSE(CertificateList::parse(
            Bytes{good.begin(), good.begin() + static_cast<std::ptrdiff_t>(size)}));
    Bytes longer = good;
    longer.push_back(0);
    CHECK_FALSE(CertificateList::parse(longer));
}

TEST_CASE("Changed octets of a CRL never harm", "[crl]") {
    Bytes changed = tests::path_file("sub-revoked.crl");
    const Certificate alice = certificate("alice");
    for (std::size_t i = 0; i < changed.size(); ++i)
        for (const std::uint8_t bit :
             {std::uint8_t{0x01}, std::uint8_t{0x20}, std::uint8_t{0x80}}) {
            changed[i] ^= bit;
            if (const auto one = CertificateList::parse(changed))
                one->find(alice.issuer_name, alice.issuer_and_serial_number.serial_number);
            changed[i] ^= bit;
        }
}

TEST_CASE("A CRL may have no more than so many entries", "[crl]") {
    const CertificateList revoked = list("sub-revoked");
    // The same entry, once more than is allowed: the signature does not matter here.
    der::Reader tbs{revoked.tbs_cert_list(), der::Limits::der()};
    auto in = *tbs.enter(der::sequence);
    der::Writer fields, body, whole;
    for (int i = 0; i < 5; ++i) fields.raw(in.next()->octets);
    auto entries = *in.enter(der::sequence);
    const BytesView entry = entries.next()->octets;
    Bytes many;
    many.reserve(entry.size() * (limits::crl_entries + 1));
    for (std::size_t i = 0; i <= limits::crl_entries; ++i)
        many.insert(many.end(), entry.begin(), entry.end());
    fields.element(der::sequence, many);
    body.element(der::sequence, fields.octets());
    body.raw(revoked.signature_algorithm());
    body.element(der::bit_string, Bytes(8));
    whole.element(der::sequence, body.octets());
    CHECK_FALSE(CertificateList::parse(whole.take()));
}
