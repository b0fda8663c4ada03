#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "keystore/crypto.hpp"

namespace keystore {

/// The digest of an OID (RFC 5754, 3370), or nothing: MD5 to SHA-512, the weak ones too.
std::optional<Digest> digest_of_oid(std::string_view oid);

/// "sha-256" …
std::string_view digest_word(Digest digest);

/// True for what no signature may rest on today: MD5, SHA-1, SHA-224 (SIG-06: SHA-256 to SHA-512).
bool is_weak(Digest digest);

/// SignatureAlgorithm is what an AlgorithmIdentifier of a signature says, parameters and all (RFC
/// 4055, 4056, 5754, 5758, 8410). It stands in certificates, CRLs and SignerInfos.
struct SignatureAlgorithm {
    enum class Family { rsa_pkcs1, rsa_pss, ecdsa, ed25519, unsupported };

    std::string oid;
    Family family = Family::unsupported;
    /// What is signed of the octets. Nothing where the OID names only the key (rsaEncryption and
    /// id-ecPublicKey in a SignerInfo: with_digest()), and for Ed25519, which signs the octets.
    std::optional<Digest> digest;
    Digest mgf1_digest = Digest::sha1;  ///< of RSASSA-PSS
    std::size_t salt_length = 0;        ///< of RSASSA-PSS
    /// Rests on a broken or too short digest; known, verified if it can be, and never good enough.
    bool weak = false;

    /// Reads the DER of an AlgorithmIdentifier. Nothing if it is malformed, or the parameters are
    /// not those that the algorithm must have. What is not offered is Family::unsupported.
    static std::optional<SignatureAlgorithm> parse(BytesView der);

    /// The same with the digest that a SignerInfo names beside it, if this one names none.
    SignatureAlgorithm with_digest(Digest digest) const;

    /// "rsa-sha256", "rsa-pss", "ecdsa-sha256", "ed25519"; a name ("ml-dsa-65") or the dotted OID
    /// of what is not offered.
    std::string word() const;
};

/// RSASSA-PSS-params (RFC 4055, 3.1) in DER. Both hashes are named, and may differ.
struct PssParameters {
    std::optional<Digest> digest;       ///< nothing: a hash that is not offered
    std::optional<Digest> mgf1_digest;  ///< nothing: a hash or mask generation not offered
    std::size_t salt_length = 20;

    /// Nothing if malformed, or the trailer is not 0xbc.
    static std::optional<PssParameters> parse(BytesView der);
};

}  // namespace keystore
