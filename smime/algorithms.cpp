#include "smime/algorithms.hpp"

#include <array>

namespace smime {

namespace {

struct ContentTypeRow {
    std::string_view oid;
    std::string_view word;
    CmsContentType type;
};

constexpr std::array content_types{
    ContentTypeRow{oid::data, "data", CmsContentType::data},
    ContentTypeRow{oid::signed_data, "signed-data", CmsContentType::signed_data},
    ContentTypeRow{oid::enveloped_data, "enveloped-data", CmsContentType::enveloped_data},
    ContentTypeRow{oid::digested_data, "digested-data", CmsContentType::digested_data},
    ContentTypeRow{"1.2.840.113549.1.7.6", "encrypted-data", CmsContentType::encrypted_data},
    ContentTypeRow{"1.2.840.113549.1.9.16.1.2", "authenticated-data",
                   CmsContentType::authenticated_data},
    ContentTypeRow{oid::compressed_data, "compressed-data", CmsContentType::compressed_data},
    ContentTypeRow{oid::auth_enveloped_data, "authEnveloped-data",
                   CmsContentType::auth_enveloped_data},
};

using Mode = ContentCipher::Mode;

constexpr std::array ciphers{
    ContentCipher{"2.16.840.1.101.3.4.1.2", "aes-128-cbc", false, Mode::aes_cbc, 16},
    ContentCipher{"2.16.840.1.101.3.4.1.22", "aes-192-cbc", false, Mode::aes_cbc, 24},
    ContentCipher{"2.16.840.1.101.3.4.1.42", "aes-256-cbc", false, Mode::aes_cbc, 32},
    ContentCipher{"2.16.840.1.101.3.4.1.6", "aes-128-gcm", true, Mode::aes_gcm, 16},
    ContentCipher{"2.16.840.1.101.3.4.1.26", "aes-192-gcm", true, Mode::aes_gcm, 24},
    ContentCipher{"2.16.840.1.101.3.4.1.46", "aes-256-gcm", true, Mode::aes_gcm, 32},
    ContentCipher{"2.16.840.1.101.3.4.1.7", "aes-128-ccm", true, Mode::aes_ccm, 16},
    ContentCipher{"2.16.840.1.101.3.4.1.27", "aes-192-ccm", true, Mode::aes_ccm, 24},
    ContentCipher{"2.16.840.1.101.3.4.1.47", "aes-256-ccm", true, Mode::aes_ccm, 32},
    ContentCipher{"1.2.840.113549.1.9.16.3.18", "chacha20-poly1305", true, Mode::chacha20_poly1305,
                  32},
    ContentCipher{"1.2.840.113549.3.7", "des-ede3-cbc", false, Mode::des_ede3_cbc, 24, true},
    ContentCipher{"1.2.840.113549.3.2", "rc2-cbc", false, Mode::rc2_cbc, 0, true},
    ContentCipher{"1.3.14.3.2.7", "des-cbc", false, Mode::des_cbc, 8, true},
    // Known by name only.
    ContentCipher{"2.16.840.1.101.3.4.1.3", "aes-128-ofb"},
    ContentCipher{"2.16.840.1.101.3.4.1.23", "aes-192-ofb"},
    ContentCipher{"2.16.840.1.101.3.4.1.43", "aes-256-ofb"},
    ContentCipher{"2.16.840.1.101.3.4.1.4", "aes-128-cfb"},
    ContentCipher{"2.16.840.1.101.3.4.1.24", "aes-192-cfb"},
    ContentCipher{"2.16.840.1.101.3.4.1.44", "aes-256-cfb"},
    ContentCipher{"1.2.840.113549.3.4", "rc4"},
    ContentCipher{"1.2.392.200011.61.1.1.1.2", "camellia-128-cbc"},
    ContentCipher{"1.2.392.200011.61.1.1.1.3", "camellia-192-cbc"},
    ContentCipher{"1.2.392.200011.61.1.1.1.4", "camellia-256-cbc"},
};

struct KeyTransportRow {
    std::string_view oid;
    std::string_view word;
    KeyTransportAlgorithm algorithm;
};

constexpr std::array key_transports{
    KeyTransportRow{"1.2.840.113549.1.1.1", "rsa", KeyTransportAlgorithm::rsa},
    KeyTransportRow{"1.2.840.113549.1.1.7", "rsa-oaep", KeyTransportAlgorithm::rsa_oaep},
    KeyTransportRow{"1.2.840.113549.1.9.16.3.14", "rsa-kem", KeyTransportAlgorithm::not_offered},
};

struct DigestRow {
    std::string_view oid;
    keystore::Digest digest;
};

constexpr std::array digests{
    DigestRow{"1.3.14.3.2.26", keystore::Digest::sha1},
    DigestRow{"2.16.840.1.101.3.4.2.4", keystore::Digest::sha224},
    DigestRow{"2.16.840.1.101.3.4.2.1", keystore::Digest::sha256},
    DigestRow{"2.16.840.1.101.3.4.2.2", keystore::Digest::sha384},
    DigestRow{"2.16.840.1.101.3.4.2.3", keystore::Digest::sha512},
};

template <class Row, std::size_t Size>
const Row* find(const std::array<Row, Size>& rows, std::string_view oid) {
    for (const Row& row : rows)
        if (row.oid == oid) return &row;
    return nullptr;
}

}  // namespace

std::optional<CmsContentType> cms_content_type(std::string_view oid) {
    const ContentTypeRow* row = find(content_types, oid);
    if (!row) return std::nullopt;
    return row->type;
}

std::string_view cms_content_type_word(std::string_view oid) {
    const ContentTypeRow* row = find(content_types, oid);
    return row ? row->word : oid;
}

const ContentCipher* content_cipher(std::string_view oid) {
    return find(ciphers, oid);
}

KeyTransportAlgorithm key_transport_algorithm(std::string_view oid) {
    const KeyTransportRow* row = find(key_transports, oid);
    return row ? row->algorithm : KeyTransportAlgorithm::not_offered;
}

std::string_view key_transport_word(std::string_view oid) {
    const KeyTransportRow* row = find(key_transports, oid);
    return row ? row->word : oid;
}

std::optional<keystore::Digest> digest(std::string_view oid) {
    const DigestRow* row = find(digests, oid);
    if (!row) return std::nullopt;
    return row->digest;
}

}  // namespace smime
