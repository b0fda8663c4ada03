// CRLs: whatever stands in one that can be read is found again, by whoever walks through it in
// another way.

#include "keystore/certificate_list.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>

#include "keystore/limits.hpp"

using namespace keystore;

namespace {

void check(bool holds) {
    if (!holds) std::abort();
}

/// The revokedCertificates of a CertificateList: the first SEQUENCE behind the times.
std::optional<der::Reader> revoked_certificates(BytesView octets) {
    der::Reader outer{octets, der::Limits::ber()};
    auto list = outer.enter(der::sequence);
    auto tbs = list ? list->enter(der::sequence) : std::nullopt;
    if (!tbs) return std::nullopt;
    tbs->small_integer();
    tbs->next(der::sequence);
    tbs->next(der::sequence);
    while (tbs->peek() == der::utc_time || tbs->peek() == der::generalized_time) tbs->next();
    return tbs->enter(der::sequence);
}

/// True if octets name certificateIssuer, 2.5.29.29: from there on entries are others' (RFC 5280,
/// 5.3.3).
bool may_name_issuer(BytesView octets) {
    constexpr std::array<std::uint8_t, 3> oid{0x55, 0x1d, 0x1d};
    return std::search(octets.begin(), octets.end(), oid.begin(), oid.end()) != octets.end();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* octets, std::size_t size) {
    const auto list = CertificateList::parse({octets, octets + size});
    if (!list) return 0;
    check(!list->issuer().empty() && list->size() <= limits::crl_entries);
    check(list->der().size() == size && list->tbs_cert_list().size() < size);
    check(!list->number() || !list->number()->empty());
    auto entries = revoked_certificates(list->der());
    std::size_t count = 0;
    bool ours = true;
    while (entries && !entries->at_end()) {
        const auto element = entries->next(der::sequence);
        check(element.has_value());
        ++count;
        ours = ours && !may_name_issuer(element->octets);
        auto fields = der::Reader::inside(*element, der::Limits::ber());
        const auto serial = fields.integer_octets();
        check(serial.has_value());
        if (ours) check(list->find(list->issuer(), *serial).has_value());
    }
    check(count == list->size());
    const Bytes never(64, 0x77);
    const auto found = list->find(list->issuer(), never);
    check(!found || list->size() > 0);
    return 0;
}
