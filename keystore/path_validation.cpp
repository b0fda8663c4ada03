#include <algorithm>

#include "keystore/path_search.hpp"
#include "keystore/policy_graph.hpp"
#include "keystore/revocation.hpp"

/// The rules of RFC 5280, 6.1, for a path whose signatures are known to be good.
namespace keystore {

/// What makes a certificate useless wherever it stands.
PathStatus PathSearch::certificate_problem(const Certificate& certificate) const {
    if (!certificate.defect.empty()) return PathStatus::malformed;
    if (!certificate.extensions.unknown_critical.empty())
        return PathStatus::unknown_critical_extension;
    if (request_.at < certificate.not_before) return PathStatus::not_yet_valid;
    if (request_.at > certificate.not_after) return PathStatus::expired;
    if (!request_.purpose.empty() && !certificate.extensions.allow_purpose(request_.purpose))
        return PathStatus::extended_key_usage;
    return PathStatus::valid;
}

PathStatus PathSearch::target_problem(const Certificate& target) const {
    if (const PathStatus status = certificate_problem(target); status != PathStatus::valid)
        return status;
    if (target.key_usage && request_.key_usage != 0 &&
        (*target.key_usage & request_.key_usage) == 0)
        return PathStatus::key_usage;
    return PathStatus::valid;
}

/// RFC 5280, 6.1.4 (k) to (n). A certificate of version 1 or 2 can't say that it is a CA's: as an
/// anchor its owner has said so.
PathStatus PathSearch::issuer_problem(std::size_t index) {
    const Certificate& issuer = *path_[index].certificate;
    if (const PathStatus status = certificate_problem(issuer); status != PathStatus::valid)
        return status;
    const auto& constraints = issuer.extensions.basic_constraints;
    const auto& anchors = request_.trust.anchors;
    const bool is_anchor = std::any_of(anchors.begin(), anchors.end(),
                                       [&](const Certificate& one) { return &one == &issuer; });
    if (!(is_anchor && issuer.version < 3) && !(constraints && constraints->ca))
        return PathStatus::basic_constraints;
    if (constraints && constraints->path_length) {
        const auto below =
            std::count_if(path_.begin() + 1, path_.begin() + static_cast<std::ptrdiff_t>(index),
                          [](const Step& step) { return !step.certificate->is_self_issued(); });
        if (static_cast<std::uint64_t>(below) > *constraints->path_length)
            return PathStatus::basic_constraints;
    }
    if (issuer.key_usage && (*issuer.key_usage & CertificateExtensions::key_cert_sign) == 0)
        return PathStatus::key_usage;
    return names_are_allowed(index) ? PathStatus::valid : PathStatus::name_constraints;
}

/// RFC 5280, 6.1.3 (b) and (c): the constraints of an issuer hold for everything below it, but for
/// CAs that have issued to themselves.
bool PathSearch::names_are_allowed(std::size_t index) {
    const auto& constraints = path_[index].certificate->extensions.name_constraints;
    if (!constraints) return true;
    for (std::size_t below = 0; below < index; ++below) {
        if (below != 0 && path_[below].certificate->is_self_issued()) continue;
        const auto& names = path_[below].names;
        if (!checks_.compare_names(constraints->comparisons(names.size()))) return false;
        if (!constraints->allow(names)) return false;
    }
    return true;
}

PathStatus PathSearch::policy_problem(PathResult& result) const {
    PolicyGraph graph{path_.size() - 1,
                      {request_.require_explicit_policy, request_.inhibit_policy_mapping,
                       request_.inhibit_any_policy}};
    for (std::size_t index = path_.size() - 1; index-- > 0;)
        if (!graph.add(*path_[index].certificate)) return PathStatus::policy;
    auto policies = graph.finish(request_.initial_policies);
    if (!policies) return PathStatus::policy;
    result.policies = std::move(*policies);
    return PathStatus::valid;
}

/// Of a chain that is known to have one: from the anchor down, as RFC 5280 goes.
PathStatus PathSearch::first_problem(PathResult& result) {
    for (std::size_t index = path_.size(); index-- > 0;) {
        result.about = path_[index].certificate;
        const PathStatus status =
            index == 0 ? target_problem(*result.about) : issuer_problem(index);
        if (status != PathStatus::valid) return status;
        if (index + 1 < path_.size() &&
            checks_.check(*result.about, *path_[index + 1].certificate) !=
                SignatureChecks::Outcome::good)
            return PathStatus::weak_algorithm;
    }
    result.about = nullptr;
    return policy_problem(result);
}

/// CERT-07. What is wrong with the path, if revocation is.
PathStatus PathSearch::revocation_problem(PathResult& result) {
    if (request_.revocation == RevocationPolicy::off) return PathStatus::valid;
    RevocationCheck check{request_, checks_, nesting_};
    result.revocation = check.of_path(result.path, result.about);
    if (result.revocation == Revocation::revoked) return PathStatus::revoked;
    if (result.revocation == Revocation::not_checked &&
        request_.revocation == RevocationPolicy::require)
        return PathStatus::revocation_not_checked;
    result.about = nullptr;
    // A heap of CRLs must not hide the one that revokes: what was not paid for was not looked at.
    if (result.revocation == Revocation::not_checked && checks_.exhausted())
        return PathStatus::too_complex;
    return PathStatus::valid;
}

/// Says what the path is worth that has reached an anchor. True if the search is over.
bool PathSearch::judge() {
    PathResult result;
    for (const Step& step : path_) result.path.push_back(step.certificate);
    result.status = diagnosing_ ? first_problem(result) : policy_problem(result);
    if (result.status == PathStatus::valid) result.status = revocation_problem(result);
    const bool valid = result.status == PathStatus::valid;
    if (valid || !found_) result_ = std::move(result);  // of several that are not, the first
    found_ = true;
    return valid || diagnosing_;
}

}  // namespace keystore
