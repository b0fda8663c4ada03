#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "keystore/signature_budget.hpp"
#include "keystore/trust.hpp"

namespace keystore {

/// What became of the search for a path (RFC 5280, 6), the first thing that is wrong with it.
enum class PathStatus {
    valid,
    untrusted,    ///< no chain of signatures leads to an anchor
    too_complex,  ///< given up: a limit of CERT-10
    malformed,    ///< a certificate has extensions that can't be read, or contradict each other
    expired,
    not_yet_valid,
    basic_constraints,  ///< an issuer is no CA, or more CAs follow than it allows
    key_usage,
    extended_key_usage,
    name_constraints,
    policy,
    unknown_critical_extension,
    weak_algorithm,         ///< SHA-1, MD5, RSA below 2048 bits, a curve without a name
    unsupported_algorithm,  ///< a signature that might lead on is of no algorithm that we have
    revoked,
    revocation_not_checked,  ///< and RevocationPolicy::require asks for it
};

/// "untrusted", "expired", "name-constraints" …: stable words for reports and logs.
std::string_view describe(PathStatus status);

/// What a certificate's revocation has to do with whether its path is valid (CERT-07).
enum class RevocationPolicy {
    off,      ///< CRLs are not looked at
    soft,     ///< what is known to be revoked is refused
    require,  ///< what is not known to be good is refused
};

/// What is known of a certificate's revocation. Not checked: no CRL says, or none that is usable.
enum class Revocation { good, revoked, not_checked };

/// PathRequest asks whether there is a path from an anchor to target that is valid at a time.
/// Everything it points to must live during the call, and what the result points to, as long as it.
struct PathRequest {
    const Certificate& target;
    const Trust& trust;
    Certificate::Time at;
    RevocationPolicy revocation = RevocationPolicy::soft;
    /// What came with the message, in any order, with anything else among it. Never anchors.
    std::span<const Certificate> certificates = {};
    std::span<const CertificateList> certificate_lists = {};

    /// What every certificate that has an extended key usage must have, or any (CERT-03). Empty:
    /// not asked.
    std::string_view purpose = email_protection;
    /// One of these the target must have, if it has a key usage. 0: not asked.
    std::uint16_t key_usage =
        CertificateExtensions::digital_signature | CertificateExtensions::non_repudiation;

    /// RFC 5280, 6.1.1 (c), (e), (f), (g).
    std::vector<std::string> initial_policies = {std::string{any_policy}};
    bool require_explicit_policy = false;
    bool inhibit_policy_mapping = false;
    bool inhibit_any_policy = false;
};

struct PathResult {
    PathStatus status = PathStatus::untrusted;
    /// From the target to the anchor, if a chain of signatures leads there; else the target alone.
    /// Of more than one, the valid one, or the first that was found.
    std::vector<const Certificate*> path;
    /// Of the whole path but the anchor: revoked if one is, good if all are.
    Revocation revocation = Revocation::not_checked;
    /// The certificate that status is about; nullptr if it is about none.
    const Certificate* about = nullptr;
    /// RFC 5280, 6.1.6: what the path's policies come to, with respect to initial_policies.
    std::vector<std::string> policies;
};

/// Finds a valid path, whatever the order of the certificates and whatever else is among them, or
/// says what is wrong with the best one. A pure function: no clock, no I/O, no network, bounded by
/// budget and keystore/limits.hpp (CERT-01, CERT-02, CERT-08, CERT-10). An anchor's own certificate
/// is held to its constraints as every other (RFC 5937). If target is an anchor itself, the path is
/// of one.
PathResult find_path(const PathRequest& request, SignatureBudget& budget);

}  // namespace keystore
