#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "keystore/distribution_point.hpp"
#include "keystore/extension.hpp"
#include "keystore/name_constraints.hpp"

namespace keystore {

/// The extensions of a certificate that a path through it depends on (RFC 5280, 4.2).
struct CertificateExtensions {
    struct BasicConstraints {
        bool ca = false;
        std::optional<std::uint64_t> path_length;
    };

    std::optional<BasicConstraints> basic_constraints;
    std::optional<std::uint16_t> key_usage;  ///< bit n of RFC 5280, 4.2.1.3 is 1 << n
    std::optional<std::vector<std::string>> extended_key_usage;  ///< OIDs
    std::vector<GeneralName> subject_alt_names;
    std::optional<NameConstraints> name_constraints;
    std::optional<std::vector<std::string>> policies;                  ///< OIDs
    std::vector<std::pair<std::string, std::string>> policy_mappings;  ///< issuer's, subject's
    std::optional<std::uint64_t> require_explicit_policy;
    std::optional<std::uint64_t> inhibit_policy_mapping;
    std::optional<std::uint64_t> inhibit_any_policy;
    std::optional<Bytes> subject_key_identifier;
    std::optional<AuthorityKeyIdentifier> authority_key_identifier;
    std::vector<DistributionPoint> distribution_points;
    std::vector<std::string> unknown_critical;  ///< OIDs; "?" for one that can't be written
    /// The OID of the first extension that is not as it must be, or there twice; empty if all are
    /// well. What can't be read counts as absent: mail opens still, but no path leads through it.
    std::string malformed;

    /// Bits of KeyUsage.
    static constexpr std::uint16_t digital_signature = 1 << 0, non_repudiation = 1 << 1,
                                   key_cert_sign = 1 << 5, crl_sign = 1 << 6;

    /// True if purpose, or any, is among the extended key usages, or nothing is said of them.
    bool allow_purpose(std::string_view purpose) const;

    static CertificateExtensions read(const std::vector<Extension>& extensions);
};

/// OIDs of KeyPurposeId and CertPolicyId.
inline constexpr std::string_view email_protection = "1.3.6.1.5.5.7.3.4";
inline constexpr std::string_view any_extended_key_usage = "2.5.29.37.0";
inline constexpr std::string_view any_policy = "2.5.29.32.0";

}  // namespace keystore
