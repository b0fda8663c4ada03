#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "keystore/general_name.hpp"

namespace keystore {

/// ReasonFlags (RFC 5280, 4.2.1.13): bit n is 1 << n.
using ReasonFlags = std::uint16_t;
inline constexpr ReasonFlags all_reasons = 0x1fe;  ///< bits 1 to 8

/// DistributionPointName (RFC 5280, 4.2.1.13): full names, or one relative to the CRL's issuer.
struct DistributionPointName {
    std::vector<GeneralName> full_name;
    Bytes relative_name;  ///< the content of the RelativeDistinguishedName; empty: full_name counts

    bool operator==(const DistributionPointName&) const = default;

    static std::optional<DistributionPointName> read(der::Reader in);

    /// The names, with a relative one put behind issuer.
    std::vector<GeneralName> names(const DistinguishedName& issuer) const;
};

/// DistributionPoint (RFC 5280, 4.2.1.13): where the CRLs of a certificate are. We never go there;
/// it says which of the CRLs that we have are meant.
struct DistributionPoint {
    std::optional<DistributionPointName> name;
    ReasonFlags reasons = all_reasons;
    std::vector<GeneralName> crl_issuer;  ///< empty: the certificate's own

    /// CRLDistributionPoints; nothing if malformed.
    static std::optional<std::vector<DistributionPoint>> parse(BytesView der);
};

/// IssuingDistributionPoint (RFC 5280, 5.2.5): what part of the certificates a CRL is about.
struct IssuingDistributionPoint {
    std::optional<DistributionPointName> name;
    ReasonFlags reasons = all_reasons;
    bool only_user_certificates = false;
    bool only_ca_certificates = false;
    bool only_attribute_certificates = false;
    bool indirect = false;

    bool operator==(const IssuingDistributionPoint&) const = default;

    static std::optional<IssuingDistributionPoint> parse(BytesView der);
};

/// ReasonFlags of the content octets of a BIT STRING.
ReasonFlags reason_flags(BytesView bit_string);

}  // namespace keystore
