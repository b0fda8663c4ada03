#include "keystore/policy_graph.hpp"

#include <algorithm>
#include <iterator>
#include <set>

namespace keystore {
namespace {

const std::string any{any_policy};

void lower(std::uint64_t& value, const std::optional<std::uint64_t>& bound) {
    if (bound && *bound < value) value = *bound;
}

}  // namespace

PolicyGraph::PolicyGraph(std::size_t length, Settings settings)
    : length_{length},
      explicit_policy_{settings.require_explicit_policy ? 0 : length + 1},
      policy_mapping_{settings.inhibit_policy_mapping ? 0 : length + 1},
      inhibit_any_policy_{settings.inhibit_any_policy ? 0 : length + 1},
      levels_{Level{{any, Node{{}, {any}}}}} {}

/// RFC 9618, 6.1.3 (d): the nodes of a certificate's depth.
PolicyGraph::Level PolicyGraph::policies_of(const Certificate& certificate, bool is_last) const {
    const Level& above = levels_.back();
    std::map<std::string, std::vector<std::string>> expecting;  // policy -> who expects it
    for (const auto& [policy, node] : above)
        for (const std::string& expected : node.expected) expecting[expected].push_back(policy);

    Level level;
    bool has_any = false;
    for (const std::string& policy : *certificate.extensions.policies) {
        if (policy == any) {
            has_any = true;
            continue;
        }
        if (const auto parents = expecting.find(policy); parents != expecting.end())
            level[policy] = {parents->second, {policy}};
        else if (above.count(any) != 0)
            level[policy] = {{any}, {policy}};
    }
    if (has_any && (inhibit_any_policy_ > 0 || (!is_last && certificate.is_self_issued())))
        for (const auto& [policy, parents] : expecting)
            level.try_emplace(policy, Node{parents, {policy}});
    return level;
}

/// RFC 9618, 6.1.4 (a) and (b).
bool PolicyGraph::map_policies(const Certificate& certificate) {
    const auto& mappings = certificate.extensions.policy_mappings;
    std::map<std::string, std::set<std::string>> mapped;
    for (const auto& [issuer, subject] : mappings) {
        if (issuer == any || subject == any) return false;
        mapped[issuer].insert(subject);
    }
    if (levels_.empty()) return true;
    Level& level = levels_.back();
    for (const auto& [issuer, subjects] : mapped) {
        if (policy_mapping_ == 0) {
            level.erase(issuer);
            continue;
        }
        const auto node = level.find(issuer);
        const std::vector<std::string> expected{subjects.begin(), subjects.end()};
        if (node != level.end())
            node->second.expected = expected;
        else if (level.count(any) != 0)
            level[issuer] = {{any}, expected};
    }
    if (level.empty()) levels_.clear();
    return true;
}

/// RFC 5280, 6.1.4 (h), (i), (j).
void PolicyGraph::count_down(const Certificate& certificate) {
    if (!certificate.is_self_issued()) {
        if (explicit_policy_ > 0) --explicit_policy_;
        if (policy_mapping_ > 0) --policy_mapping_;
        if (inhibit_any_policy_ > 0) --inhibit_any_policy_;
    }
    lower(explicit_policy_, certificate.extensions.require_explicit_policy);
    lower(policy_mapping_, certificate.extensions.inhibit_policy_mapping);
    lower(inhibit_any_policy_, certificate.extensions.inhibit_any_policy);
}

bool PolicyGraph::add(const Certificate& certificate) {
    const bool is_last = ++depth_ == length_;
    if (!certificate.extensions.policies) {
        levels_.clear();
    } else if (!levels_.empty()) {
        Level level = policies_of(certificate, is_last);
        if (level.empty())
            levels_.clear();
        else
            levels_.push_back(std::move(level));
    }
    if (explicit_policy_ == 0 && levels_.empty()) return false;  // 6.1.3 (f)
    if (!is_last) {
        if (!map_policies(certificate)) return false;
        count_down(certificate);
        return true;
    }
    if (explicit_policy_ > 0) --explicit_policy_;  // 6.1.5 (a), (b)
    if (certificate.extensions.require_explicit_policy == 0) explicit_policy_ = 0;
    return true;
}

/// The policies, in the words of the anchor's domain, for which a chain of nodes leads to the last
/// depth (RFC 9618, 6.1.5 (g)).
std::vector<std::string> PolicyGraph::authority_constrained_set() const {
    std::set<std::string> found;
    if (levels_.empty()) return {};
    std::set<std::string> alive;  // those nodes of a depth from which the last is reached
    for (const auto& [policy, node] : levels_.back()) alive.insert(policy);
    if (alive.count(any) != 0) found.insert(any);
    for (std::size_t depth = levels_.size() - 1; depth > 0; --depth) {
        std::set<std::string> above;
        for (const std::string& policy : alive)
            for (const std::string& parent : levels_[depth].at(policy).parents) {
                above.insert(parent);
                if (parent == any && policy != any) found.insert(policy);
            }
        alive = std::move(above);
    }
    return {found.begin(), found.end()};
}

std::optional<std::vector<std::string>> PolicyGraph::finish(
    const std::vector<std::string>& initial_policies) const {
    const std::vector<std::string> authority = authority_constrained_set();
    const auto contains = [](const std::vector<std::string>& set, const std::string& policy) {
        return std::find(set.begin(), set.end(), policy) != set.end();
    };
    std::vector<std::string> policies;
    if (contains(initial_policies, any)) {
        policies = authority;
    } else {
        const bool all = contains(authority, any);
        std::copy_if(initial_policies.begin(), initial_policies.end(), std::back_inserter(policies),
                     [&](const std::string& policy) { return all || contains(authority, policy); });
    }
    if (explicit_policy_ == 0 && policies.empty()) return std::nullopt;
    return policies;
}

}  // namespace keystore
