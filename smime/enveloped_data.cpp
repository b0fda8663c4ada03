#include "smime/enveloped_data.hpp"

#include <algorithm>

#include "keystore/name.hpp"
#include "smime/content_encryption.hpp"
#include "smime/limits.hpp"
#include "smime/recipient_info.hpp"

namespace smime {

namespace {

std::string hexadecimal(BytesView octets) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    constexpr std::size_t longest = 64;
    std::string text;
    for (const std::uint8_t octet : octets.first(std::min(octets.size(), longest))) {
        text += digits[octet >> 4];
        text += digits[octet & 15];
    }
    return text;
}

Recipient recipient(const RecipientInfo& recipient_info) {
    Recipient named;
    named.key_management = key_management_word(recipient_info);
    if (!names_certificate(recipient_info)) return named;
    if (const auto* rid = std::get_if<keystore::IssuerAndSerialNumber>(&recipient_info.rid)) {
        named.issuer = keystore::name_text(rid->issuer);
        named.serial = hexadecimal(rid->serial_number);
    } else {
        const auto& key = std::get<keystore::SubjectKeyIdentifier>(recipient_info.rid);
        named.subject_key_identifier = hexadecimal(key.octets);
    }
    return named;
}

/// Says for whom the message is, since it is not for us (ENC-13).
std::vector<Recipient> recipients(std::span<const RecipientInfo> recipient_infos) {
    std::vector<Recipient> named;
    for (const RecipientInfo& recipient_info : recipient_infos) {
        if (named.size() == limits::named_recipients) break;
        named.push_back(recipient(recipient_info));
    }
    return named;
}

/// Names the certificate that opened the message. Only after it was opened: until then nobody may
/// tell which candidate was valid.
void name_recipient(const ContentEncryptionKey& key, Layer& layer) {
    for (const auto& candidate : key.candidates) {
        if (!candidate.valid) continue;
        layer.key_management = key_management_word(*candidate.recipient_info);
        layer.legacy |= candidate.legacy;
        layer.recipient_issuer = candidate.identity->certificate().issuer_text;
        layer.recipient_serial = candidate.identity->certificate().serial_text;
        return;
    }
}

/// What EnvelopedData and AuthEnvelopedData have in common, once read.
template <class Enveloped>
Result<std::span<std::uint8_t>> open_envelope(const Result<Enveloped>& enveloped,
                                              std::span<std::uint8_t> buffer,
                                              const keystore::Keystore& keys, bool legacy,
                                              std::size_t& key_operations, Layer& layer) {
    if (!enveloped) return enveloped.error();
    const EncryptedContentInfo& info = enveloped->encrypted_content_info;
    const std::vector<RecipientInfo>& recipient_infos = enveloped->recipient_infos;
    layer.content_encryption = content_encryption_word(info);
    if (!recipient_infos.empty())
        layer.key_management = key_management_word(recipient_infos.front());

    const auto encryption = ContentEncryption::of(*enveloped);
    if (!encryption) return encryption.error();
    layer.legacy = encryption->is_legacy();
    if (layer.legacy && !legacy) return Error::legacy_algorithm;
    if (!info.encrypted_content) return Error::malformed;
    if (info.content_type != oid::data) return Error::unsupported_content;

    const auto key = unwrap_content_encryption_key(recipient_infos, keys, legacy,
                                                   encryption->key_length(), key_operations);
    if (!key) {
        if (key.error() == Error::no_matching_recipient)
            layer.recipients = recipients(recipient_infos);
        layer.legacy |= key.error() == Error::legacy_algorithm;
        return key.error();
    }
    layer.key_management = key_management_word(*key->candidates.front().recipient_info);
    const auto octets = join_in_place(*info.encrypted_content, buffer);
    if (!octets) return Error::malformed;
    const auto size = encryption->decrypt(key->key.key.expose(), *octets);
    // A random key finds a right padding once in 256 times: only here, after all the work, may it
    // show that no key was valid.
    if (!size || !key->key.valid) return Error::decryption_failed;
    name_recipient(*key, layer);
    return octets->first(*size);
}

}  // namespace

Result<std::span<std::uint8_t>> open_enveloped_data(CmsContentType type,
                                                    const keystore::der::Element& content,
                                                    std::span<std::uint8_t> buffer,
                                                    const keystore::Keystore& keys, bool legacy,
                                                    std::size_t& key_operations, Layer& layer) {
    if (type == CmsContentType::auth_enveloped_data)
        return open_envelope(AuthEnvelopedData::read(content), buffer, keys, legacy, key_operations,
                             layer);
    return open_envelope(EnvelopedData::read(content), buffer, keys, legacy, key_operations, layer);
}

}  // namespace smime
