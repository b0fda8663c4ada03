#pragma once

#include <optional>
#include <string>
#include <vector>

#include "keystore/certificate.hpp"
#include "keystore/crypto.hpp"
#include "smime/cms.hpp"

namespace smime {

/// SignerInfo is one signature (RFC 5652, 5.3). signed_attrs is a view into what it was read from.
struct SignerInfo {
    keystore::RecipientIdentifier sid;
    std::string digest_algorithm;                        ///< dotted OID
    keystore::Bytes digest_identifier;                   ///< the same AlgorithmIdentifier in DER
    std::optional<keystore::der::Element> signed_attrs;  ///< [0] IMPLICIT SET OF
    keystore::Bytes signature_identifier;                ///< AlgorithmIdentifier in DER
    keystore::Bytes signature;

    static std::optional<SignerInfo> read(keystore::der::Reader& in);
};

/// SignedAttributes are the signed attributes of a SignerInfo that verifying depends on; others,
/// known and unknown, change nothing (SIG-12).
struct SignedAttributes {
    using Time = keystore::Certificate::Time;

    /// ESSCertID and ESSCertIDv2 (RFC 5035): which certificate the signer meant.
    struct CertificateHash {
        std::optional<keystore::Digest> digest;  ///< nothing: one that is not offered
        keystore::Bytes hash;
        std::optional<keystore::IssuerAndSerialNumber> issuer_and_serial_number;
    };
    /// CMSAlgorithmProtection (RFC 6211): which algorithms the signer meant. AlgorithmIdentifiers
    /// in DER; signature_identifier is empty if it names a MAC's.
    struct AlgorithmProtection {
        keystore::Bytes digest_identifier, signature_identifier;
    };

    keystore::Bytes octets;  ///< what is signed: SET OF in DER (RFC 5652, 5.4)
    std::string content_type;
    keystore::Bytes message_digest;
    std::optional<Time> signing_time;
    std::vector<CertificateHash> certificate_hashes;  ///< the first of each attribute
    std::optional<AlgorithmProtection> algorithm_protection;

    /// Nothing if they are not as they must be: DER (RFC 5652, 5.3; the order apart), content-type
    /// and message-digest there exactly once with one value each, and no other attribute that
    /// must be single there twice or malformed (SIG-04, SIG-12).
    static std::optional<SignedAttributes> read(const keystore::der::Element& signed_attrs);
};

/// True if content could be taken for the signed attributes of another message: who replays them as
/// content, without attributes, has a signature that fits (SIG-05; RFC 5652, 11).
bool could_be_signed_attributes(BytesView content);

}  // namespace smime
