#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "keystore/certificate.hpp"

namespace keystore {

/// PolicyGraph is the state of certificate policy processing along a path (RFC 5280, 6.1, with the
/// graph of RFC 9618, which does not grow exponentially as the tree did). add() takes the
/// certificates from the one that the anchor has issued down to the target.
class PolicyGraph {
public:
    struct Settings {
        bool require_explicit_policy = false;  ///< RFC 5280, 6.1.1 (f)
        bool inhibit_policy_mapping = false;   ///< (e)
        bool inhibit_any_policy = false;       ///< (g)
    };

    /// length: certificates of the path, the anchor not counted.
    PolicyGraph(std::size_t length, Settings settings);

    /// Processes the next certificate. False if the path is invalid because of it.
    bool add(const Certificate& certificate);

    /// After the last one: the user-constrained policy set (RFC 9618, 6.1.5 (g)); nothing if the
    /// path is invalid because an explicit policy is asked for and there is none.
    std::optional<std::vector<std::string>> finish(
        const std::vector<std::string>& initial_policies) const;

private:
    struct Node {
        std::vector<std::string> parents;   // by valid_policy, at the depth above
        std::vector<std::string> expected;  // expected_policy_set
    };
    using Level = std::map<std::string, Node>;  // by valid_policy

    Level policies_of(const Certificate& certificate, bool is_last) const;
    bool map_policies(const Certificate& certificate);
    void count_down(const Certificate& certificate);
    std::vector<std::string> authority_constrained_set() const;

    std::size_t length_;
    std::uint64_t explicit_policy_, policy_mapping_, inhibit_any_policy_;
    std::size_t depth_ = 0;
    std::vector<Level> levels_;  // empty: the graph is NULL
};

}  // namespace keystore
