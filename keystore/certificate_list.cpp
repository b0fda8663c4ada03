#include "keystore/certificate_list.hpp"

#include <algorithm>
#include <limits>

#include "keystore/limits.hpp"
#include "keystore/name.hpp"
#include "keystore/signature_algorithm.hpp"
#include "keystore/time.hpp"

namespace keystore {
namespace {

constexpr auto encoding = der::Limits::ber();

/// FNV-1a over the issuer's number and the serial number: an index for what is at hand, in which
/// every hit is compared.
std::uint64_t hash_of(std::uint32_t issuer, BytesView serial_number) {
    std::uint64_t hash = 0xcbf29ce484222325;
    const auto mix = [&hash](std::uint8_t octet) { hash = (hash ^ octet) * 0x100000001b3; };
    for (const int shift : {0, 8, 16, 24}) mix(static_cast<std::uint8_t>(issuer >> shift));
    for (const std::uint8_t octet : serial_number) mix(octet);
    return hash;
}

Bytes without_leading_zeros(BytesView octets) {
    while (octets.size() > 1 && octets[0] == 0) octets = octets.subspan(1);
    return {octets.begin(), octets.end()};
}

std::optional<Bytes> number_of(BytesView value) {
    der::Reader in{value, encoding};
    const auto octets = in.integer_octets();
    if (!octets || octets->front() >= 0x80 || !in.at_end()) return std::nullopt;
    return without_leading_zeros(*octets);
}

std::optional<CertificateList::Reason> reason_of(BytesView value) {
    der::Reader in{value, encoding};
    const auto element = in.next({0, 10, false});
    if (!element || element->content.size() != 1 || !in.at_end()) return std::nullopt;
    const std::uint8_t number = element->content[0];
    if (number > 10 || number == 7) return std::nullopt;
    return static_cast<CertificateList::Reason>(number);
}

/// One element of revokedCertificates.
struct Revoked {
    BytesView serial_number;
    CertificateList::Entry entry;
    std::optional<DistinguishedName> issuer;  ///< certificateIssuer, if it is there
    bool understood = true;
};

void read_entry_extension(const Extension& extension, Revoked& revoked) {
    bool known = true;
    if (extension.is(21)) {
        const auto reason = reason_of(extension.value);
        if (reason) revoked.entry.reason = *reason;
        known = reason.has_value();
    } else if (extension.is(24)) {
        der::Reader in{extension.value, encoding};
        revoked.entry.invalidity_date = read_time(in);
        known = revoked.entry.invalidity_date.has_value();
    } else if (extension.is(29)) {
        der::Reader outer{extension.value, encoding};
        const auto in = outer.enter(der::sequence);
        const auto names = in ? read_general_names(*in) : std::nullopt;
        if (names)
            for (const GeneralName& name : *names)
                if (name.form == GeneralName::Form::directory_name)
                    revoked.issuer = name.directory_name;
        known = revoked.issuer.has_value();
    } else {
        known = !extension.critical;
    }
    if (!known) revoked.understood = false;
}

std::optional<Revoked> read_revoked(der::Reader in) {
    const auto serial = in.integer_octets();
    const auto date = serial ? read_time(in) : std::nullopt;
    if (!date) return std::nullopt;
    Revoked revoked;
    revoked.serial_number = *serial;
    revoked.entry.revocation_date = *date;
    if (in.at_end()) return revoked;
    const auto inside = in.enter(der::sequence);
    const auto extensions = inside ? read_extensions(*inside) : std::nullopt;
    if (!extensions || !in.at_end()) return std::nullopt;
    for (const Extension& extension : *extensions) read_entry_extension(extension, revoked);
    return revoked;
}

/// Of two entries for one certificate, which there should not be, the earlier revocation counts.
bool is_worse(const CertificateList::Entry& a, const CertificateList::Entry& b) {
    using Reason = CertificateList::Reason;
    if ((a.reason == Reason::remove_from_crl) != (b.reason == Reason::remove_from_crl))
        return b.reason == Reason::remove_from_crl;
    return a.revocation_date < b.revocation_date;
}

}  // namespace

bool CertificateList::read_entries(der::Reader in) {
    const BytesView all = der_;
    std::uint32_t issuer = 0;
    while (!in.at_end()) {
        const auto element = in.next(der::sequence);
        const auto revoked =
            element ? read_revoked(der::Reader::inside(*element, encoding)) : std::nullopt;
        if (!revoked || index_.size() == limits::crl_entries) return false;
        // In an indirect CRL an entry's issuer holds until another is named (RFC 5280, 5.3.3).
        if (revoked->issuer && *revoked->issuer != issuers_[issuer]) {
            issuer = static_cast<std::uint32_t>(issuers_.size());
            issuers_.push_back(*revoked->issuer);
        }
        understood_ = understood_ && revoked->understood;
        index_.push_back({hash_of(issuer, revoked->serial_number),
                          static_cast<std::uint32_t>(element->octets.data() - all.data()), issuer});
    }
    std::sort(index_.begin(), index_.end(),
              [](const IndexEntry& a, const IndexEntry& b) { return a.hash < b.hash; });
    return true;
}

bool CertificateList::read_extensions(der::Reader in) {
    const auto extensions = keystore::read_extensions(in);
    if (!extensions || !duplicate(*extensions).empty()) return false;
    for (const Extension& extension : *extensions) {
        if (extension.is(20)) {
            number_ = number_of(extension.value);
            if (!number_) return false;
        } else if (extension.is(27)) {
            base_number_ = number_of(extension.value);
            if (!base_number_) return false;
        } else if (extension.is(28)) {
            issuing_distribution_point_ = IssuingDistributionPoint::parse(extension.value);
            if (!issuing_distribution_point_) return false;
        } else if (extension.is(35)) {
            authority_key_identifier_ = AuthorityKeyIdentifier::parse(extension.value);
            if (!authority_key_identifier_) return false;
        } else if (extension.critical) {
            understood_ = false;
        }
    }
    return true;
}

/// TBSCertList (RFC 5280, 5.1).
bool CertificateList::read_tbs(der::Reader in) {
    const bool second = in.small_integer() == 1;
    const auto algorithm = in.next(der::sequence);
    const auto issuer = in.next(der::sequence);
    if (!algorithm || !issuer) return false;
    algorithm_ = Extent::of(algorithm->octets, der_);
    const auto name = DistinguishedName::parse(issuer->octets);
    const auto this_update = read_time(in);
    if (!name || name->empty() || !this_update) return false;
    issuer_ = *name;
    issuer_text_ = name_text(issuer->octets);
    issuers_ = {*name};
    this_update_ = *this_update;
    const auto ahead = in.peek();
    if (ahead == der::utc_time || ahead == der::generalized_time) {
        next_update_ = read_time(in);
        if (!next_update_) return false;
    }
    if (const auto revoked = in.enter(der::sequence))
        if (!read_entries(*revoked)) return false;
    if (auto tagged = in.enter_context(0)) {
        const auto inside = tagged->enter(der::sequence);
        if (!inside || !second || !read_extensions(*inside)) return false;
    }
    return in.at_end();
}

std::optional<CertificateList> CertificateList::parse(Bytes der) {
    if (der.size() > std::numeric_limits<std::uint32_t>::max()) return std::nullopt;
    CertificateList list;
    list.der_ = std::move(der);
    const BytesView all = list.der_;
    der::Reader outer{all, encoding};
    auto in = outer.enter(der::sequence);
    const auto tbs = in ? in->next(der::sequence) : std::nullopt;
    if (!tbs || !outer.at_end()) return std::nullopt;
    list.tbs_ = Extent::of(tbs->octets, all);
    if (!list.read_tbs(der::Reader::inside(*tbs, encoding))) return std::nullopt;
    const auto algorithm = in->next(der::sequence);
    const auto signature = in->next(der::bit_string);
    if (!algorithm || !signature || !in->at_end()) return std::nullopt;
    const BytesView signed_algorithm = list.signature_algorithm();
    if (!std::equal(signed_algorithm.begin(), signed_algorithm.end(), algorithm->octets.begin(),
                    algorithm->octets.end()))
        return std::nullopt;  // RFC 5280, 5.1.1.2
    const BytesView bits = signature->content;
    if (signature->tag.constructed || bits.empty() || bits[0] != 0) return std::nullopt;
    list.signature_ = Extent::of(bits.subspan(1), all);
    const auto parsed = SignatureAlgorithm::parse(signed_algorithm);
    if (parsed && parsed->digest) list.digest_ = hash(*parsed->digest, list.tbs_cert_list());
    return list;
}

std::optional<CertificateList::Entry> CertificateList::find(
    const DistinguishedName& certificate_issuer, BytesView serial_number) const {
    std::optional<Entry> found;
    for (std::uint32_t issuer = 0; issuer < issuers_.size(); ++issuer) {
        if (issuers_[issuer] != certificate_issuer) continue;
        const std::uint64_t hash = hash_of(issuer, serial_number);
        auto at = std::lower_bound(
            index_.begin(), index_.end(), hash,
            [](const IndexEntry& entry, std::uint64_t value) { return entry.hash < value; });
        for (; at != index_.end() && at->hash == hash; ++at) {
            der::Reader outer{BytesView{der_}.subspan(at->offset), encoding};
            const auto in = outer.enter(der::sequence);
            const auto revoked = in ? read_revoked(*in) : std::nullopt;
            if (at->issuer != issuer || !revoked ||
                !std::equal(serial_number.begin(), serial_number.end(),
                            revoked->serial_number.begin(), revoked->serial_number.end()))
                continue;
            if (!found || is_worse(revoked->entry, *found)) found = revoked->entry;
        }
    }
    return found;
}

}  // namespace keystore
