#include "smime/cms.hpp"

#include <algorithm>

namespace smime {

namespace der = keystore::der;

namespace {

/// Octets of a MAC in any encoding; a tag has 16.
constexpr std::size_t mac_encoding = 256;

bool is_context(const std::optional<der::Tag>& tag, std::uint32_t number) {
    return tag && tag->class_bits == 0x80 && tag->number == number;
}

der::Reader inside(const der::Element& element) {
    return der::Reader::inside(element, der::Limits::ber());
}

/// Skips an optional [number].
bool skip_context(der::Reader& in, std::uint32_t number) {
    if (!is_context(in.peek(), number)) return true;
    return in.next().has_value();
}

///     EnvelopedData ::= SEQUENCE { version, originatorInfo [0] OPTIONAL,
///                                  recipientInfos SET OF RecipientInfo, …
Result<std::vector<RecipientInfo>> read_recipients(der::Reader& in) {
    if (!in.small_integer() || !skip_context(in, 0)) return Error::malformed;
    return RecipientInfo::read_set(in);
}

///     EncryptedContentInfo ::= SEQUENCE { contentType, contentEncryptionAlgorithm,
///                                         encryptedContent [0] IMPLICIT OCTET STRING OPTIONAL }
std::optional<EncryptedContentInfo> read_encrypted_content_info(der::Reader& in) {
    auto fields = in.enter(der::sequence);
    if (!fields) return std::nullopt;
    auto content_type = fields->oid();
    if (!content_type) return std::nullopt;
    auto algorithm = AlgorithmIdentifier::read(*fields);
    if (!algorithm) return std::nullopt;
    EncryptedContentInfo info{std::move(*content_type), std::move(*algorithm), std::nullopt};
    if (is_context(fields->peek(), 0)) {
        info.encrypted_content = fields->next();
        if (!info.encrypted_content) return std::nullopt;
    }
    if (!fields->at_end()) return std::nullopt;
    return info;
}

}  // namespace

///     AlgorithmIdentifier ::= SEQUENCE { algorithm OBJECT IDENTIFIER,
///                                        parameters ANY DEFINED BY algorithm OPTIONAL }
std::optional<AlgorithmIdentifier> AlgorithmIdentifier::read(der::Reader& in) {
    auto fields = in.enter(der::sequence);
    if (!fields) return std::nullopt;
    auto algorithm = fields->oid();
    if (!algorithm) return std::nullopt;
    AlgorithmIdentifier identifier{std::move(*algorithm), std::nullopt};
    if (!fields->at_end()) {
        identifier.parameters = fields->next();
        if (!identifier.parameters) return std::nullopt;
        // NULL has no content (X.690, 8.8.2).
        const auto& parameters = *identifier.parameters;
        if (parameters.tag == der::null && !parameters.content.empty()) return std::nullopt;
    }
    if (!fields->at_end()) return std::nullopt;
    return identifier;
}

Result<ContentInfo> ContentInfo::read(BytesView octets) {
    der::Reader in{octets, der::Limits::ber()};
    auto fields = in.enter(der::sequence);
    if (!fields) return Error::malformed;
    auto content_type = fields->oid();
    if (!content_type) return Error::malformed;
    auto explicit_content = fields->enter_context(0);
    if (!explicit_content) return Error::malformed;
    const auto content = explicit_content->next(der::sequence);
    if (!content || !explicit_content->at_end() || !fields->at_end()) return Error::malformed;
    return ContentInfo{std::move(*content_type), *content};
}

Result<EnvelopedData> EnvelopedData::read(const der::Element& content) {
    der::Reader in = inside(content);
    auto recipient_infos = read_recipients(in);
    if (!recipient_infos) return recipient_infos.error();
    auto info = read_encrypted_content_info(in);
    if (!info || !skip_context(in, 1) || !in.at_end()) return Error::malformed;
    return EnvelopedData{std::move(*recipient_infos), std::move(*info)};
}

///     AuthEnvelopedData ::= SEQUENCE { …, authEncryptedContentInfo EncryptedContentInfo,
///                                      authAttrs [1] OPTIONAL, mac OCTET STRING,
///                                      unauthAttrs [2] OPTIONAL }
Result<AuthEnvelopedData> AuthEnvelopedData::read(const der::Element& content) {
    der::Reader in = inside(content);
    auto recipient_infos = read_recipients(in);
    if (!recipient_infos) return recipient_infos.error();
    auto info = read_encrypted_content_info(in);
    if (!info) return Error::malformed;
    std::optional<der::Element> auth_attrs;
    if (is_context(in.peek(), 1)) {
        auth_attrs = in.next();
        if (!auth_attrs) return Error::malformed;
    }
    const auto mac = in.next(der::octet_string);
    if (!mac || mac->content.size() > mac_encoding) return Error::malformed;
    auto mac_octets = der::string_octets(*mac, der::Limits::ber());
    if (!mac_octets || !skip_context(in, 2) || !in.at_end()) return Error::malformed;
    return AuthEnvelopedData{std::move(*recipient_infos), std::move(*info), auth_attrs,
                             std::move(*mac_octets)};
}

///     SignedData ::= SEQUENCE { version, digestAlgorithms SET, encapContentInfo SEQUENCE {
///                                 eContentType, eContent [0] EXPLICIT OCTET STRING OPTIONAL },
///                               certificates [0] OPTIONAL, crls [1] OPTIONAL, signerInfos SET }
Result<SignedData> SignedData::read(const der::Element& content) {
    der::Reader in = inside(content);
    const auto version = in.small_integer();
    if (!version || *version > 5) return Error::malformed;  // v0 to v5 (RFC 5652, 10.2.5)
    const auto digest_algorithms = in.next(der::set);
    auto encapsulated = digest_algorithms ? in.enter(der::sequence) : std::nullopt;
    auto content_type = encapsulated ? encapsulated->oid() : std::nullopt;
    if (!content_type) return Error::malformed;
    SignedData signed_data;
    signed_data.digest_algorithms = *digest_algorithms;
    signed_data.content_type = std::move(*content_type);
    if (is_context(encapsulated->peek(), 0)) {
        auto explicit_content = encapsulated->enter_context(0);
        if (!explicit_content) return Error::malformed;
        signed_data.e_content = explicit_content->next(der::octet_string);
        if (!signed_data.e_content || !explicit_content->at_end()) return Error::malformed;
    }
    if (!encapsulated->at_end()) return Error::malformed;
    signed_data.certificates = in.next_context(0);
    signed_data.crls = in.next_context(1);
    const auto signer_infos = in.next(der::set);
    if (!signer_infos || !in.at_end()) return Error::malformed;
    signed_data.signer_infos = *signer_infos;
    signed_data.has_signers = !signer_infos->content.empty();
    return signed_data;
}

std::optional<std::span<std::uint8_t>> join_in_place(const der::Element& string,
                                                     std::span<std::uint8_t> buffer) {
    const auto pieces = der::string_pieces(string, der::Limits::ber());
    if (!pieces) return std::nullopt;
    const auto place_of = [&](BytesView octets) {
        return buffer.subspan(static_cast<std::size_t>(octets.data() - buffer.data()),
                              octets.size());
    };
    const auto joined = place_of(string.content);
    if (!string.tag.constructed) return joined;
    auto end = joined.begin();
    for (const BytesView piece : *pieces) {
        const auto from = place_of(piece);
        end = std::copy(from.begin(), from.end(), end);  // pieces only move down
    }
    return joined.first(static_cast<std::size_t>(end - joined.begin()));
}

}  // namespace smime
