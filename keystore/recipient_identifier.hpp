#pragma once

#include <variant>

#include "keystore/secret.hpp"

namespace keystore {

/// How CMS names a certificate by its issuer (RFC 5652, 10.2.4).
struct IssuerAndSerialNumber {
    Bytes issuer;         ///< the DER of the Name, tag and length included
    Bytes serial_number;  ///< the content octets of the INTEGER
    bool operator==(const IssuerAndSerialNumber&) const = default;
};

/// How CMS names a certificate by its key (RFC 5652, 6.2.1; RFC 5280, 4.2.1.2).
struct SubjectKeyIdentifier {
    Bytes octets;
    bool operator==(const SubjectKeyIdentifier&) const = default;
};

/// RecipientIdentifier is how CMS says whose certificate it means.
using RecipientIdentifier = std::variant<IssuerAndSerialNumber, SubjectKeyIdentifier>;

}  // namespace keystore
