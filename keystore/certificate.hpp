#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "keystore/certificate_extensions.hpp"
#include "keystore/distinguished_name.hpp"
#include "keystore/extent.hpp"
#include "keystore/recipient_identifier.hpp"
#include "keystore/secret.hpp"

namespace keystore {

/// Certificate is what a certificate says of itself (RFC 5280, 4.1), read by an own parser. Trust
/// is not its business.
struct Certificate {
    using Time = std::chrono::sys_seconds;

    Bytes der;
    IssuerAndSerialNumber issuer_and_serial_number;
    Bytes subject;            ///< the DER of the Name
    std::string issuer_text;  ///< RFC 4514, escaped, bounded (CERT-12)
    std::string subject_text;
    std::string serial_text;  ///< hexadecimal, upper case
    Bytes subject_public_key_info;
    std::string key_algorithm;  ///< "rsa", "ec", "x25519", or the dotted OID
    std::optional<SubjectKeyIdentifier>
        subject_key_identifier;  ///< the extension's, if there is one
    Time not_before;
    Time not_after;
    /// rfc822Names, SmtpUTF8Mailboxes (RFC 9598) and the DN's emailAddresses, as they stand.
    std::vector<std::string> addresses;
    std::optional<std::uint16_t> key_usage;  ///< bit n of RFC 5280, 4.2.1.3 is 1 << n

    // What a path through it depends on (RFC 5280, 6.1).
    DistinguishedName issuer_name;
    DistinguishedName subject_name;
    int version = 1;
    CertificateExtensions extensions;
    Bytes signature_algorithm;  ///< the DER of the AlgorithmIdentifier
    Bytes signature;            ///< without the octet of unused bits
    /// What forbids any path through it, though it can be read: "a name", "the version", "the
    /// signature algorithm", "the signature", the OID of an extension. Empty if nothing does.
    std::string defect;

    BytesView tbs_certificate() const { return tbs.in(der); }  ///< what is signed
    bool is_self_issued() const { return issuer_name == subject_name; }
    /// Every name that name constraints are about (RFC 5280, 4.2.1.10): the alternative names, the
    /// subject, and its emailAddresses.
    std::vector<GeneralName> constrained_names() const;

    /// Nothing if it can't be read.
    static std::optional<Certificate> parse(BytesView der);

    /// True if identifier names this certificate; a SubjectKeyIdentifier is compared with the
    /// extension, and with the SHA-1 of the public key if there is none (RFC 5652, 6.2.1).
    bool is_named_by(const RecipientIdentifier& identifier) const;

    Extent tbs;  ///< in der
};

/// The subjectPublicKey of a SubjectPublicKeyInfo, without the octet of unused bits: what tells
/// whether a certificate and a private key belong together, and what a key identifier is the digest
/// of. A view into the argument; empty if malformed.
BytesView subject_public_key(BytesView subject_public_key_info);

}  // namespace keystore
