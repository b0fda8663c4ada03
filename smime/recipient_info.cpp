#include "smime/recipient_info.hpp"

#include "smime/algorithms.hpp"
#include "smime/key_agreement.hpp"

namespace smime {

namespace der = keystore::der;

namespace {

/// Octets of a wrapped key in any encoding: an RSA modulus of 8192 bits has 1024 (ENC-08).
constexpr std::size_t encrypted_key_encoding = 4096;

/// A digest, or nothing if it is not offered.
std::optional<keystore::Digest> read_digest(der::Reader& in) {
    const auto identifier = AlgorithmIdentifier::read(in);
    if (!identifier) return std::nullopt;
    return digest(identifier->algorithm);
}

///     RSAES-OAEP-params ::= SEQUENCE { hashFunc [0] DEFAULT sha1, maskGenFunc [1] DEFAULT
///     mgf1SHA1,
///                                      pSourceFunc [2] DEFAULT pSpecifiedEmpty }  ; RFC 4055, 4.1
Result<keystore::KeyTransport> read_oaep_parameters(const der::Element& parameters) {
    keystore::KeyTransport transport{keystore::KeyTransport::Scheme::oaep};
    if (parameters.tag != der::sequence) return Error::malformed;
    der::Reader in = der::Reader::inside(parameters, der::Limits::ber());
    if (auto hash = in.enter_context(0)) {
        const auto algorithm = read_digest(*hash);
        if (!algorithm) return Error::unsupported_algorithm;
        if (!hash->at_end()) return Error::malformed;
        transport.hash = *algorithm;
    }
    if (auto mask = in.enter_context(1)) {
        const auto function = AlgorithmIdentifier::read(*mask);
        if (!function || function->algorithm != oid::mgf1 || !function->parameters)
            return Error::unsupported_algorithm;
        der::Reader mgf1{function->parameters->octets, der::Limits::ber()};
        const auto algorithm = read_digest(mgf1);
        if (!algorithm) return Error::unsupported_algorithm;
        if (!mgf1.at_end() || !mask->at_end()) return Error::malformed;
        transport.mgf1_hash = *algorithm;
    }
    if (auto source = in.enter_context(2)) {
        const auto function = AlgorithmIdentifier::read(*source);
        if (!function || function->algorithm != oid::p_specified || !function->parameters)
            return Error::unsupported_algorithm;
        const der::Element& label = *function->parameters;
        if (label.tag.class_bits != 0 || label.tag.number != der::octet_string.number)
            return Error::malformed;
        auto octets = der::string_octets(label, der::Limits::ber());
        if (!octets || !source->at_end()) return Error::malformed;
        transport.label = std::move(*octets);
    }
    if (!in.at_end()) return Error::malformed;
    return transport;
}

std::optional<keystore::Bytes> encrypted_key(const RecipientInfo& recipient_info) {
    if (!recipient_info.encrypted_key ||
        recipient_info.encrypted_key->content.size() > encrypted_key_encoding)
        return std::nullopt;
    return der::string_octets(*recipient_info.encrypted_key, der::Limits::ber());
}

/// Unwraps the key of one RecipientInfo; nothing if it fits no key of this identity, which
/// everybody can see.
Result<std::optional<keystore::UnwrappedKey>> unwrap(const RecipientInfo& recipient_info,
                                                     const keystore::Identity& identity,
                                                     std::size_t key_length) {
    using Unwrapped = std::optional<keystore::UnwrappedKey>;
    const auto wrapped = encrypted_key(recipient_info);
    if (recipient_info.kind == RecipientInfo::Kind::key_agreement) {
        const auto agreement = key_agreement(recipient_info);
        if (!agreement) return agreement.error();
        return wrapped ? identity.agree_key(*agreement, *wrapped, key_length) : Unwrapped{};
    }
    const auto transport = key_transport(recipient_info.key_encryption_algorithm);
    if (!transport) return transport.error();
    return wrapped ? identity.decrypt_key(*transport, *wrapped, key_length) : Unwrapped{};
}

/// Every pair of a RecipientInfo and an identity that it names, in the message's order.
std::vector<ContentEncryptionKey::Candidate> candidates(
    std::span<const RecipientInfo> recipient_infos, const keystore::Keystore& keys) {
    std::vector<ContentEncryptionKey::Candidate> found;
    for (const RecipientInfo& recipient_info : recipient_infos) {
        if (!names_certificate(recipient_info)) continue;
        for (const keystore::Identity* identity : keys.identities_matching(recipient_info.rid))
            found.push_back({identity, &recipient_info,
                             identity->is_weak() || has_legacy_key_wrap(recipient_info)});
    }
    return found;
}

}  // namespace

bool names_certificate(const RecipientInfo& recipient_info) {
    return recipient_info.kind == RecipientInfo::Kind::key_transport ||
           recipient_info.kind == RecipientInfo::Kind::key_agreement;
}

Result<ContentEncryptionKey> unwrap_content_encryption_key(
    std::span<const RecipientInfo> recipient_infos, const keystore::Keystore& keys, bool legacy,
    std::size_t key_length, std::size_t& key_operations) {
    auto found = candidates(recipient_infos, keys);
    if (found.empty()) return Error::no_matching_recipient;
    if (!legacy) std::erase_if(found, [](const auto& candidate) { return candidate.legacy; });
    if (found.empty()) return Error::legacy_algorithm;
    if (found.size() > key_operations) return Error::too_complex;
    key_operations -= found.size();

    ContentEncryptionKey result;
    bool unsupported = false;
    for (ContentEncryptionKey::Candidate candidate : found) {
        auto attempt = unwrap(*candidate.recipient_info, *candidate.identity, key_length);
        if (!attempt) {
            unsupported |= attempt.error() == Error::unsupported_algorithm;
            continue;
        }
        std::optional<keystore::UnwrappedKey>& unwrapped = *attempt;
        if (!unwrapped) continue;
        candidate.valid = unwrapped->valid;
        if (result.candidates.empty())
            result.key = std::move(*unwrapped);
        else
            keystore::select_key(result.key, *unwrapped);
        result.candidates.push_back(candidate);
    }
    if (!result.candidates.empty()) return result;
    return unsupported ? Error::unsupported_algorithm : Error::decryption_failed;
}

Result<keystore::KeyTransport> key_transport(const AlgorithmIdentifier& identifier) {
    switch (key_transport_algorithm(identifier.algorithm)) {
        case KeyTransportAlgorithm::rsa:
            return keystore::KeyTransport{};
        case KeyTransportAlgorithm::rsa_oaep:
            // RFC 4055, 4.1 wants parameters; who leaves them out means the defaults.
            if (!identifier.parameters)
                return keystore::KeyTransport{keystore::KeyTransport::Scheme::oaep};
            return read_oaep_parameters(*identifier.parameters);
        case KeyTransportAlgorithm::not_offered:
            break;
    }
    return Error::unsupported_algorithm;
}

std::string_view key_management_word(const RecipientInfo& recipient_info) {
    switch (recipient_info.kind) {
        case RecipientInfo::Kind::key_transport:
            return key_transport_word(recipient_info.key_encryption_algorithm.algorithm);
        case RecipientInfo::Kind::key_agreement:
            return key_agreement_word(recipient_info.key_encryption_algorithm.algorithm);
        case RecipientInfo::Kind::kek:
            return "kekri";
        case RecipientInfo::Kind::password:
            return "pwri";
        case RecipientInfo::Kind::kem:
            return "kemri";
        case RecipientInfo::Kind::other:
            break;
    }
    return "ori";
}

}  // namespace smime
