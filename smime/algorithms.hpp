#pragma once

#include <optional>
#include <string_view>

#include "keystore/crypto.hpp"

/// The object identifiers of CMS, and the words that the report has for them.
namespace smime {

/// What a ContentInfo holds (RFC 5652; 5083; 3274). The OID says what a message is, never its
/// smime-type.
enum class CmsContentType {
    data,
    signed_data,
    enveloped_data,
    auth_enveloped_data,
    compressed_data,
    digested_data,
    encrypted_data,
    authenticated_data,
};

std::optional<CmsContentType> cms_content_type(std::string_view oid);

/// "enveloped-data" …, or the OID itself for what has no name.
std::string_view cms_content_type_word(std::string_view oid);

/// ContentCipher is a content-encryption algorithm that has a name, offered or not.
struct ContentCipher {
    enum class Mode {
        aes_cbc,
        aes_gcm,
        aes_ccm,
        chacha20_poly1305,
        des_ede3_cbc,
        des_cbc,
        rc2_cbc,
        not_offered,
    };
    std::string_view oid;
    std::string_view word;  ///< "aes-256-cbc"
    bool aead = false;      ///< belongs into AuthEnvelopedData, and only there (RFC 5083, 5652)
    Mode mode = Mode::not_offered;
    std::size_t key_length = 0;  ///< 0: the parameters tell it
    bool legacy = false;         ///< opened only if the owner wants it (RFC 8551, 2.7.2; ENC-12)
};

/// The cipher of an OID, or null if it has no name here.
const ContentCipher* content_cipher(std::string_view oid);

/// A key-encryption algorithm of key transport (RFC 3370, 4.2.1; RFC 3560; RFC 5990).
enum class KeyTransportAlgorithm { rsa, rsa_oaep, not_offered };

KeyTransportAlgorithm key_transport_algorithm(std::string_view oid);

/// "rsa", "rsa-oaep", "rsa-kem", or the OID itself.
std::string_view key_transport_word(std::string_view oid);

/// The digest of an OID, for OAEP. MD5 is none.
std::optional<keystore::Digest> digest(std::string_view oid);

namespace oid {

inline constexpr std::string_view data = "1.2.840.113549.1.7.1";
inline constexpr std::string_view signed_data = "1.2.840.113549.1.7.2";
inline constexpr std::string_view enveloped_data = "1.2.840.113549.1.7.3";
inline constexpr std::string_view digested_data = "1.2.840.113549.1.7.5";
inline constexpr std::string_view compressed_data = "1.2.840.113549.1.9.16.1.9";
inline constexpr std::string_view auth_enveloped_data = "1.2.840.113549.1.9.16.1.23";
/// CEK' = HKDF(CEK), with the cipher's own AlgorithmIdentifier as parameters (RFC 9709).
inline constexpr std::string_view cek_hkdf_sha256 = "1.2.840.113549.1.9.16.3.31";
inline constexpr std::string_view zlib_compress = "1.2.840.113549.1.9.16.3.8";
inline constexpr std::string_view mgf1 = "1.2.840.113549.1.1.8";
inline constexpr std::string_view p_specified = "1.2.840.113549.1.1.9";

}  // namespace oid

}  // namespace smime
