#include "smime/verdict.hpp"

#include <algorithm>

namespace smime {

namespace {

using keystore::PathStatus;

constexpr std::string_view unbound = "unbound-address";

Judgement of_integrity(Integrity integrity, bool weak) {
    switch (integrity) {
        case Integrity::intact:
            return {};
        case Integrity::malformed:
            return {Verdict::permerror, "malformed"};
        case Integrity::too_complex:
            return {Verdict::permerror, "too-complex"};
        case Integrity::no_certificate:
            return {Verdict::permerror, "no-certificate"};
        case Integrity::unsupported_algorithm:
            // One that is known to prove nothing needs no verifying (SIG-06).
            if (weak) return {Verdict::policy, "weak-algorithm"};
            return {Verdict::neutral, "unsupported-algorithm"};
        case Integrity::bad_attributes:
            return {Verdict::fail, "bad-attributes"};
        case Integrity::stripped_attributes:
            return {Verdict::fail, "stripped-attributes"};
        case Integrity::algorithm_mismatch:
            return {Verdict::fail, "algorithm-mismatch"};
        case Integrity::certificate_mismatch:
            return {Verdict::fail, "certificate-mismatch"};
        case Integrity::digest_mismatch:
            return {Verdict::fail, "digest-mismatch"};
        case Integrity::bad_signature:
            return {Verdict::fail, "bad-signature"};
    }
    return {Verdict::permerror, "malformed"};
}

Judgement of_path(PathStatus status) {
    switch (status) {
        case PathStatus::valid:
            return {};
        case PathStatus::revoked:
            return {Verdict::fail, keystore::describe(status)};
        case PathStatus::too_complex:
            return {Verdict::permerror, keystore::describe(status)};
        case PathStatus::unsupported_algorithm:
            return {Verdict::neutral, keystore::describe(status)};
        case PathStatus::untrusted:
        case PathStatus::malformed:
        case PathStatus::expired:
        case PathStatus::not_yet_valid:
        case PathStatus::basic_constraints:
        case PathStatus::key_usage:
        case PathStatus::extended_key_usage:
        case PathStatus::name_constraints:
        case PathStatus::policy:
        case PathStatus::unknown_critical_extension:
        case PathStatus::weak_algorithm:
        case PathStatus::revocation_not_checked:
            return {Verdict::policy, keystore::describe(status)};
    }
    return {Verdict::policy, "untrusted"};
}

Judgement of_author(const SignerFacts& signer) {
    switch (signer.author) {
        case Author::Status::several:
            return {Verdict::policy, "multiple-from"};
        case Author::Status::none:
            return {Verdict::policy, unbound};
        case Author::Status::one:
        case Author::Status::display_name:
            break;
    }
    if (signer.pinned_otherwise) return {Verdict::policy, "pin"};
    if (!signer.address_matches) return {Verdict::policy, unbound};
    if (signer.author == Author::Status::display_name) return {Verdict::policy, "display-name"};
    return {};
}

/// The higher, the worse.
int rank(const Judgement& judgement) {
    switch (judgement.verdict) {
        case Verdict::none:
        case Verdict::pass:
            return 0;
        case Verdict::policy:
            return judgement.reason == unbound ? 1 : 2;
        case Verdict::neutral:
            return 3;
        case Verdict::temperror:
            return 4;
        case Verdict::permerror:
            return 5;
        case Verdict::fail:
            return 6;
    }
    return 6;
}

}  // namespace

Judgement verdict_of(const SignerFacts& signer) {
    const auto wrong = [](const Judgement& judgement) { return !judgement.reason.empty(); };
    if (const auto j = of_integrity(signer.integrity, signer.weak); wrong(j)) return j;
    if (signer.path == PathStatus::revoked) return of_path(signer.path);
    if (signer.weak) return {Verdict::policy, "weak-algorithm"};
    if (const auto j = of_path(signer.path); wrong(j)) return j;
    if (const auto j = of_author(signer); wrong(j)) return j;
    if (signer.date_differs) return {Verdict::policy, "date"};
    return {Verdict::pass, {}};
}

Judgement verdict_of(const SignatureFacts& signature) {
    if (!signature.covers_message || signature.signers.empty()) return {};
    if (signature.two_contents) return {Verdict::permerror, "two-contents"};
    Judgement worst{Verdict::pass, {}};
    bool passes = false;
    for (const SignerFacts& signer : signature.signers) {
        const Judgement judgement = verdict_of(signer);
        passes |= judgement.verdict == Verdict::pass;
        if (rank(judgement) > rank(worst)) worst = judgement;
    }
    // Others may sign what the author wrote.
    if (passes && rank(worst) <= 1) worst = {Verdict::pass, {}};
    if (worst.verdict == Verdict::pass && signature.ambiguous_header)
        return {Verdict::permerror, "ambiguous-mime"};
    return worst;
}

}  // namespace smime
