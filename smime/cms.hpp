#pragma once

#include <optional>
#include <string>
#include <vector>

#include "keystore/der.hpp"
#include "keystore/recipient_identifier.hpp"
#include "smime/result.hpp"

/// The syntax of CMS (RFC 5652, RFC 5083) as structs of views into the octets that they were read
/// from: valid as long as those are, and as they are (joining or decrypting in place ends them).
/// BER is accepted throughout. Nothing here knows a key.
namespace smime {

using keystore::BytesView;

/// RFC 5280, 4.1.1.2.
struct AlgorithmIdentifier {
    std::string algorithm;  ///< dotted OID
    std::optional<keystore::der::Element> parameters;

    /// True if it has no parameters, or NULL: a digest algorithm has no others (RFC 5754, 2).
    bool is_plain() const { return !parameters || parameters->tag == keystore::der::null; }

    static std::optional<AlgorithmIdentifier> read(keystore::der::Reader& in);
};

/// RecipientIdentifier and SignerIdentifier (RFC 5652, 6.2.1 and 5.3), which are written alike.
std::optional<keystore::RecipientIdentifier> read_recipient_identifier(keystore::der::Reader& in);

/// RFC 5652, 3.
struct ContentInfo {
    std::string content_type;
    keystore::der::Element content;  ///< SEQUENCE of the content type's own syntax

    /// Reads the ContentInfo at the beginning of octets. What follows it is not looked at: relays
    /// and mailing lists leave line ends and footers behind an encoded body.
    static Result<ContentInfo> read(BytesView octets);
};

/// RFC 5652, 6.2. Each recipientEncryptedKey of a KeyAgreeRecipientInfo is one of these. Of the
/// kinds that do not concern our keys nothing is read but what they are (ENC-13).
struct RecipientInfo {
    enum class Kind { key_transport, key_agreement, kek, password, kem, other };

    /// OriginatorPublicKey (6.2.2).
    struct OriginatorKey {
        AlgorithmIdentifier algorithm;
        keystore::Bytes public_key;
    };

    Kind kind = Kind::other;

    // Of key transport and key agreement (KeyTransRecipientInfo, 6.2.1; KeyAgreeRecipientInfo,
    // 6.2.2):
    keystore::RecipientIdentifier rid;
    AlgorithmIdentifier key_encryption_algorithm;
    std::optional<keystore::der::Element> encrypted_key;  ///< OCTET STRING

    // Of key agreement:
    std::optional<OriginatorKey> originator_key;  ///< none: a certificate of the sender's is named
    std::optional<keystore::der::Element> user_keying_material;  ///< OCTET STRING

    /// Reads recipientInfos, SET OF RecipientInfo. Error::too_complex beyond limits::recipients.
    static Result<std::vector<RecipientInfo>> read_set(keystore::der::Reader& in);
};

/// RFC 5652, 6.1.
struct EncryptedContentInfo {
    std::string content_type;
    AlgorithmIdentifier content_encryption_algorithm;
    std::optional<keystore::der::Element> encrypted_content;  ///< [0] IMPLICIT OCTET STRING
};

/// RFC 5652, 6.1.
struct EnvelopedData {
    std::vector<RecipientInfo> recipient_infos;
    EncryptedContentInfo encrypted_content_info;

    static Result<EnvelopedData> read(const keystore::der::Element& content);
};

/// RFC 5083, 2.1.
struct AuthEnvelopedData {
    std::vector<RecipientInfo> recipient_infos;
    EncryptedContentInfo encrypted_content_info;
    std::optional<keystore::der::Element> auth_attrs;  ///< [1] IMPLICIT SET OF
    keystore::Bytes mac;

    static Result<AuthEnvelopedData> read(const keystore::der::Element& content);
};

/// RFC 5652, 5.1. Certificates, CRLs and signers are not looked into.
struct SignedData {
    keystore::der::Element digest_algorithms;            ///< SET OF AlgorithmIdentifier
    std::string content_type;                            ///< eContentType
    std::optional<keystore::der::Element> e_content;     ///< OCTET STRING; none: detached
    std::optional<keystore::der::Element> certificates;  ///< [0] IMPLICIT SET OF
    std::optional<keystore::der::Element> crls;          ///< [1] IMPLICIT SET OF
    keystore::der::Element signer_infos;                 ///< SET OF SignerInfo
    bool has_signers = false;

    static Result<SignedData> read(const keystore::der::Element& content);
};

/// Moves the pieces of a string (primitive, or constructed and nested as BER allows) together at
/// its own beginning, and gives the place where they now stand. string must have been read from
/// buffer. Nothing if it is not well formed, and then nothing has moved.
std::optional<std::span<std::uint8_t>> join_in_place(const keystore::der::Element& string,
                                                     std::span<std::uint8_t> buffer);

}  // namespace smime
