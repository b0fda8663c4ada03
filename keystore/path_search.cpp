#include "keystore/path_search.hpp"

#include <algorithm>
#include <deque>
#include <set>
#include <tuple>

namespace keystore {
namespace {

std::string_view text_of(BytesView octets) {
    return {reinterpret_cast<const char*>(octets.data()), octets.size()};
}

bool is_valid_at(const Certificate& certificate, Certificate::Time at) {
    return certificate.not_before <= at && at <= certificate.not_after;
}

/// 0: the issuer's key identifier is the one that the certificate names; 2: it is another; 1: one
/// of them says nothing.
int key_identifier_rank(const Certificate& certificate, const Certificate& issuer) {
    const auto& named = certificate.extensions.authority_key_identifier;
    const auto& own = issuer.extensions.subject_key_identifier;
    if (!named || !named->key_identifier || !own) return 1;
    return *named->key_identifier == *own ? 0 : 2;
}

}  // namespace

PathSearch::PathSearch(const PathRequest& request, SignatureChecks& checks, int nesting)
    : request_{request}, checks_{checks}, nesting_{nesting} {}

/// All certificates whose names lead upward from the target, by their subject.
void PathSearch::collect_issuers() {
    std::set<std::string_view> known{text_of(request_.target.der)};
    std::deque<const std::string*> names{&request_.target.issuer_name.canonical()};
    while (!names.empty()) {
        const std::string& name = *names.front();
        names.pop_front();
        if (issuers_.count(name) != 0) continue;
        std::vector<Issuer>& issuers = issuers_[name];
        const auto add = [&](const Certificate& certificate, bool anchor) {
            if (certificate.subject_name.canonical() != name) return;
            if (!known.insert(text_of(certificate.der)).second) return;
            issuers.push_back({&certificate, anchor});
            if (!anchor) names.push_back(&certificate.issuer_name.canonical());
        };
        for (const Certificate& anchor : request_.trust.anchors) add(anchor, true);
        const auto from_message = request_.certificates.first(
            std::min(request_.certificates.size(), limits::message_certificates));
        for (const Certificate& certificate : from_message) add(certificate, false);
        for (const Certificate& certificate : request_.trust.intermediates) add(certificate, false);
    }
}

/// Leaves only those from which names lead to an anchor: nothing is ever verified of a chain that
/// could not end at one.
void PathSearch::drop_dead_ends() {
    std::multimap<std::string_view, std::string_view> issued;  // by issuer: the subjects
    std::set<std::string_view> alive;
    std::deque<std::string_view> names;
    for (const auto& [name, issuers] : issuers_)
        for (const Issuer& issuer : issuers) {
            if (!issuer.anchor)
                issued.emplace(issuer.certificate->issuer_name.canonical(), name);
            else if (alive.insert(name).second)
                names.push_back(name);
        }
    while (!names.empty()) {
        const auto [begin, end] = issued.equal_range(names.front());
        names.pop_front();
        for (auto i = begin; i != end; ++i)
            if (alive.insert(i->second).second) names.push_back(i->second);
    }
    for (auto& [name, issuers] : issuers_)
        std::erase_if(issuers, [&](const Issuer& issuer) {
            return !issuer.anchor && alive.count(issuer.certificate->issuer_name.canonical()) == 0;
        });
}

/// Who may have issued a certificate, the likeliest first.
std::vector<PathSearch::Issuer> PathSearch::issuers_of(const Certificate& certificate) const {
    const auto found = issuers_.find(certificate.issuer_name.canonical());
    if (found == issuers_.end()) return {};
    std::vector<Issuer> issuers = found->second;
    const auto rank = [&](const Issuer& issuer) {
        const Certificate& one = *issuer.certificate;
        return std::tuple{key_identifier_rank(certificate, one), !issuer.anchor,
                          !is_valid_at(one, request_.at), -one.not_before.time_since_epoch()};
    };
    std::stable_sort(issuers.begin(), issuers.end(),
                     [&](const Issuer& a, const Issuer& b) { return rank(a) < rank(b); });
    return issuers;
}

/// A name and a key that are in the path already: what they certify is certified without the way
/// around (X.509, and RFC 4158, 2.4.2).
bool PathSearch::is_loop(const Certificate& issuer) const {
    return std::any_of(path_.begin(), path_.end(), [&](const Step& step) {
        return step.certificate->subject_name == issuer.subject_name &&
               step.certificate->subject_public_key_info == issuer.subject_public_key_info;
    });
}

void PathSearch::push(const Certificate& certificate) {
    path_.push_back({&certificate, certificate.constrained_names()});
}

/// The status of a search that ends without a path: the first hint that is more than "untrusted".
void PathSearch::note(PathStatus status, const Certificate* about) {
    if (hint_ != PathStatus::untrusted) return;
    hint_ = status;
    about_ = about;
}

/// Goes on from the end of the path with one issuer. True if the search is over.
bool PathSearch::try_issuer(const Issuer& issuer) {
    using Outcome = SignatureChecks::Outcome;
    const Certificate& last = *path_.back().certificate;
    push(*issuer.certificate);
    bool over = false;
    if (diagnosing_ || issuer_problem(path_.size() - 1) == PathStatus::valid) {
        const Outcome outcome = checks_.check(last, *issuer.certificate);
        if (outcome == Outcome::explicit_curve) note(PathStatus::weak_algorithm, &last);
        if (outcome == Outcome::unsupported) note(PathStatus::unsupported_algorithm, &last);
        if (outcome == Outcome::good || (outcome == Outcome::weak && diagnosing_))
            over = issuer.anchor ? judge() : extend();
    }
    path_.pop_back();
    return over;
}

bool PathSearch::extend() {
    for (const Issuer& issuer : issuers_of(*path_.back().certificate)) {
        if (is_loop(*issuer.certificate)) continue;
        if (!checks_.step() || path_.size() == limits::path_depth) {
            too_deep_ = true;
            return false;
        }
        if (try_issuer(issuer)) return true;
    }
    return false;
}

PathResult PathSearch::run() {
    const Certificate& target = request_.target;
    result_.path = {&target};
    push(target);
    const auto is_target = [&](const Certificate& anchor) { return anchor.der == target.der; };
    const auto& anchors = request_.trust.anchors;
    if (std::any_of(anchors.begin(), anchors.end(), is_target)) {
        result_.status = target_problem(target);
        if (result_.status != PathStatus::valid) result_.about = &target;
        return result_;
    }
    collect_issuers();
    drop_dead_ends();
    const bool could_be = target_problem(target) == PathStatus::valid;
    if (could_be) extend();
    diagnosing_ = !found_;
    if (diagnosing_) extend();
    if (!found_) {
        result_.status = hint_;
        result_.about = about_;
    }
    if (result_.status != PathStatus::valid && (too_deep_ || checks_.exhausted())) {
        result_.status = PathStatus::too_complex;
        result_.about = nullptr;
    }
    return result_;
}

}  // namespace keystore
