#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "keystore/path.hpp"
#include "keystore/signature_checks.hpp"

namespace keystore {

/// PathSearch goes from the target upward, issuer by issuer, and turns back where nothing leads on
/// (RFC 4158). Issuers are found by name; key identifiers and dates only say which to try first. It
/// goes twice: first for a path that is valid, leaving out every certificate that could not be part
/// of one; then, if there is none, for any chain of signatures to an anchor, to say what is wrong.
class PathSearch {
public:
    /// nesting: 0 for the certificate that was asked for, more for the issuers of its CRLs.
    PathSearch(const PathRequest& request, SignatureChecks& checks, int nesting);

    PathResult run();

private:
    struct Issuer {
        const Certificate* certificate = nullptr;
        bool anchor = false;
    };
    struct Step {
        const Certificate* certificate = nullptr;
        std::vector<GeneralName> names;
    };
    using IssuersByName = std::map<std::string_view, std::vector<Issuer>>;

    void collect_issuers();
    void drop_dead_ends();
    std::vector<Issuer> issuers_of(const Certificate& certificate) const;
    bool extend();
    bool is_loop(const Certificate& issuer) const;
    bool try_issuer(const Issuer& issuer);
    void push(const Certificate& certificate);

    PathStatus problem_at(std::size_t index);
    PathStatus certificate_problem(const Certificate& certificate) const;
    PathStatus target_problem(const Certificate& target) const;
    PathStatus issuer_problem(std::size_t index);
    bool names_are_allowed(std::size_t index);
    PathStatus first_problem(PathResult& result);
    PathStatus policy_problem(PathResult& result) const;
    PathStatus revocation_problem(PathResult& result);
    bool judge();
    void note(PathStatus status, const Certificate* about);

    const PathRequest& request_;
    SignatureChecks& checks_;
    const int nesting_;
    IssuersByName issuers_;
    std::vector<Step> path_;  // from the target upward
    bool diagnosing_ = false;
    PathStatus hint_ = PathStatus::untrusted;
    const Certificate* about_ = nullptr;
    PathResult result_;
    bool found_ = false;  // a chain to an anchor, valid or not
    bool too_deep_ = false;
};

}  // namespace keystore
