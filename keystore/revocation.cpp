#include "keystore/revocation.hpp"

#include <algorithm>
#include <tuple>

#include "keystore/path_search.hpp"

namespace keystore {
namespace {

using Entry = CertificateList::Entry;
using Reason = CertificateList::Reason;

bool is_ca(const Certificate& certificate) {
    const auto& constraints = certificate.extensions.basic_constraints;
    return constraints && constraints->ca;
}

GeneralName directory(const DistinguishedName& name) {
    GeneralName general;
    general.form = GeneralName::Form::directory_name;
    general.directory_name = name;
    return general;
}

bool have_one_in_common(const std::vector<GeneralName>& a, const std::vector<GeneralName>& b) {
    return std::any_of(a.begin(), a.end(), [&](const GeneralName& name) {
        return std::find(b.begin(), b.end(), name) != b.end();
    });
}

/// True if the CRL is about the certificate and the distribution point (RFC 5280, 6.3.3 (b)).
bool is_in_scope(const CertificateList& list, const Certificate& certificate,
                 const DistributionPoint& point) {
    const auto& issuing = list.issuing_distribution_point();
    const bool indirect = issuing && issuing->indirect;
    if (point.crl_issuer.empty()) {
        if (list.issuer() != certificate.issuer_name) return false;
    } else {
        const GeneralName issuer = directory(list.issuer());
        if (!indirect || !have_one_in_common(point.crl_issuer, {issuer})) return false;
    }
    if (!issuing) return true;
    if (issuing->only_attribute_certificates) return false;
    if (issuing->only_user_certificates && is_ca(certificate)) return false;
    if (issuing->only_ca_certificates && !is_ca(certificate)) return false;
    if (!issuing->name) return true;
    const auto names = issuing->name->names(list.issuer());
    return have_one_in_common(names,
                              point.name ? point.name->names(list.issuer()) : point.crl_issuer);
}

/// The certificate's distribution points, and at last the one that every certificate has: CRLs of
/// its issuer that are not divided further (RFC 5280, 6.3.3, last paragraph).
std::vector<DistributionPoint> points_of(const Certificate& certificate) {
    const auto& named = certificate.extensions.distribution_points;
    const auto looked_at = std::min(named.size(), limits::distribution_points);
    std::vector<DistributionPoint> points{named.begin(),
                                          named.begin() + static_cast<std::ptrdiff_t>(looked_at)};
    DistributionPoint last;
    last.name = DistributionPointName{{directory(certificate.issuer_name)}, {}};
    points.push_back(std::move(last));
    return points;
}

/// How many names is_in_scope compares.
std::size_t comparisons(const CertificateList& list, const DistributionPoint& point) {
    const auto count = [](const std::optional<DistributionPointName>& name) {
        return name ? name->full_name.size() + 1 : 1;
    };
    const auto& issuing = list.issuing_distribution_point();
    if (!issuing) return point.crl_issuer.size();
    return point.crl_issuer.size() +
           count(issuing->name) * std::max(count(point.name), point.crl_issuer.size());
}

bool is_not_below(const Bytes& number, const Bytes& bound) {
    return std::tuple{number.size(), number} >= std::tuple{bound.size(), bound};
}

/// True if two CRLs are about the same (RFC 5280, 5.2.4 and 6.3.3 (c)).
bool have_same_scope(const CertificateList& a, const CertificateList& b) {
    const auto& one = a.issuing_distribution_point();
    const auto& other = b.issuing_distribution_point();
    if (a.issuer() != b.issuer() || one.has_value() != other.has_value()) return false;
    return !one || *one == *other;
}

}  // namespace

RevocationCheck::RevocationCheck(const PathRequest& request, SignatureChecks& checks, int nesting)
    : request_{request}, checks_{checks}, nesting_{nesting} {
    const auto lists = request.certificate_lists.first(
        std::min(request.certificate_lists.size(), limits::message_certificate_lists));
    for (const CertificateList& list : lists) sources_.push_back({&list, true});
    for (const CertificateList& list : request.trust.certificate_lists)
        sources_.push_back({&list, false});
    std::erase_if(sources_, [&](const Source& source) {
        return !source.list->is_understood() ||
               (source.from_message && source.list->this_update() > request.at);
    });
    std::stable_sort(sources_.begin(), sources_.end(), [](const Source& a, const Source& b) {
        return a.list->this_update() > b.list->this_update();
    });
}

Revocation RevocationCheck::of_path(const std::vector<const Certificate*>& path,
                                    const Certificate*& about) {
    Revocation all = path.size() > 1 ? Revocation::good : Revocation::not_checked;
    for (std::size_t index = path.size() - 1; index-- > 0;) {
        const Revocation one = of_certificate({path[index], path[index + 1], path.back()});
        if (one == Revocation::good) continue;
        if (one == Revocation::revoked || all == Revocation::good) about = path[index];
        all = one;
        if (one == Revocation::revoked) break;
    }
    return all;
}

Revocation RevocationCheck::of_certificate(const Subject& subject) {
    const Certificate& certificate = *subject.certificate;
    const BytesView serial_number = certificate.issuer_and_serial_number.serial_number;
    ReasonFlags covered = 0;
    for (const DistributionPoint& point : points_of(certificate)) {
        for (const Source& source : sources_) {
            const CertificateList& list = *source.list;
            const auto& issuing = list.issuing_distribution_point();
            const auto reasons = static_cast<ReasonFlags>(
                point.reasons & (issuing ? issuing->reasons : all_reasons));
            if (list.base_number() || (reasons & ~covered) == 0) continue;
            if (!checks_.compare_names(comparisons(list, point))) return Revocation::not_checked;
            if (!is_in_scope(list, certificate, point) || !is_signed(list, subject)) continue;
            const Source* delta = delta_of(list, subject);
            auto entry = list.find(certificate.issuer_name, serial_number);
            if (delta != nullptr)
                if (const auto newer = delta->list->find(certificate.issuer_name, serial_number))
                    entry = newer;
            if (says_revoked(entry)) return Revocation::revoked;
            // A CA may leave out what has expired before the CRL was made (RFC 5280, 5).
            const bool may_lack = certificate.not_after < list.this_update();
            if (!may_lack && (is_fresh(source) || (delta != nullptr && is_fresh(*delta))))
                covered = static_cast<ReasonFlags>(covered | reasons);
            if (covered == all_reasons) return Revocation::good;
        }
    }
    return Revocation::not_checked;
}

bool RevocationCheck::is_fresh(const Source& source) const {
    const auto next = source.list->next_update();
    return next && request_.at <= *next;
}

/// On hold is revoked while it lasts; what has been revoked later was not at the time.
bool RevocationCheck::says_revoked(const std::optional<Entry>& entry) const {
    if (!entry || entry->reason == Reason::remove_from_crl) return false;
    return entry->revocation_date <= request_.at ||
           (entry->invalidity_date && *entry->invalidity_date <= request_.at);
}

/// The newest delta that goes on where base ends (RFC 5280, 5.2.4).
const RevocationCheck::Source* RevocationCheck::delta_of(const CertificateList& base,
                                                         const Subject& subject) {
    if (!base.number()) return nullptr;
    for (const Source& source : sources_) {
        const CertificateList& list = *source.list;
        if (list.base_number() && list.number() &&
            is_not_below(*base.number(), *list.base_number()) &&
            is_not_below(*list.number(), *base.number()) && have_same_scope(list, base) &&
            is_fresh(source) && is_signed(list, subject))
            return &source;
    }
    return nullptr;
}

/// True if a CRL is signed by someone who may, on a path from the same anchor (RFC 5280, 6.3.3 (f)
/// and (g)).
bool RevocationCheck::is_signed(const CertificateList& list, const Subject& subject) {
    const auto [known, is_new] = signed_.try_emplace({&list, subject.issuer}, false);
    if (is_new) known->second = find_signer(list, subject);
    return known->second;
}

bool RevocationCheck::find_signer(const CertificateList& list, const Subject& subject) {
    if (is_signer(list, *subject.issuer, subject)) return true;
    const auto from_message = request_.certificates.first(
        std::min(request_.certificates.size(), limits::message_certificates));
    const auto& trust = request_.trust;
    const auto is_one = [&](const Certificate& one) { return is_signer(list, one, subject); };
    return std::any_of(trust.anchors.begin(), trust.anchors.end(), is_one) ||
           std::any_of(trust.intermediates.begin(), trust.intermediates.end(), is_one) ||
           std::any_of(from_message.begin(), from_message.end(), is_one);
}

bool RevocationCheck::is_signer(const CertificateList& list, const Certificate& candidate,
                                const Subject& subject) {
    constexpr std::uint16_t crl_sign = CertificateExtensions::crl_sign;
    if (candidate.subject_name != list.issuer() ||
        (candidate.key_usage && (*candidate.key_usage & crl_sign) == 0) ||
        checks_.check(list, candidate) != SignatureChecks::Outcome::good)
        return false;
    if (&candidate == subject.issuer) return true;
    if (nesting_ >= limits::crl_nesting) return false;

    PathRequest request{candidate, request_.trust, request_.at};
    request.certificates = request_.certificates;
    request.certificate_lists = request_.certificate_lists;
    request.purpose = {};
    request.key_usage = crl_sign;
    request.revocation =
        nesting_ + 1 < limits::crl_nesting ? RevocationPolicy::soft : RevocationPolicy::off;
    const PathResult found = PathSearch{request, checks_, nesting_ + 1}.run();
    return found.status == PathStatus::valid &&
           found.path.back()->subject_name == subject.anchor->subject_name &&
           found.path.back()->subject_public_key_info == subject.anchor->subject_public_key_info;
}

}  // namespace keystore
