#include "keystore/path.hpp"

#include "keystore/path_search.hpp"

namespace keystore {

std::string_view describe(PathStatus status) {
    switch (status) {
        case PathStatus::valid:
            return "valid";
        case PathStatus::untrusted:
            return "untrusted";
        case PathStatus::too_complex:
            return "too-complex";
        case PathStatus::malformed:
            return "malformed";
        case PathStatus::expired:
            return "expired";
        case PathStatus::not_yet_valid:
            return "not-yet-valid";
        case PathStatus::basic_constraints:
            return "basic-constraints";
        case PathStatus::key_usage:
            return "key-usage";
        case PathStatus::extended_key_usage:
            return "extended-key-usage";
        case PathStatus::name_constraints:
            return "name-constraints";
        case PathStatus::policy:
            return "policy";
        case PathStatus::unknown_critical_extension:
            return "unknown-critical-extension";
        case PathStatus::weak_algorithm:
            return "weak-algorithm";
        case PathStatus::unsupported_algorithm:
            return "unsupported-algorithm";
        case PathStatus::revoked:
            return "revoked";
        case PathStatus::revocation_not_checked:
            return "revocation-not-checked";
    }
    return "";
}

PathResult find_path(const PathRequest& request, SignatureBudget& budget) {
    SignatureChecks checks{budget};
    return PathSearch{request, checks, 0}.run();
}

}  // namespace keystore
