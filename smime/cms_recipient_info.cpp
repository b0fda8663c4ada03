#include "smime/canonical.hpp"
#include "smime/cms.hpp"
#include "smime/limits.hpp"

namespace smime {

namespace der = keystore::der;

namespace {

using Kind = RecipientInfo::Kind;
using RecipientInfos = std::vector<RecipientInfo>;

constexpr std::string_view id_ori_kem = "1.2.840.113549.1.9.16.13.3";  // RFC 9629, 3

bool is_context(const std::optional<der::Tag>& tag, std::uint32_t number) {
    return tag && tag->class_bits == 0x80 && tag->number == number;
}

std::optional<keystore::SubjectKeyIdentifier> read_subject_key_identifier(
    const std::optional<der::Element>& element) {
    if (!element) return std::nullopt;
    auto octets = der::string_octets(*element, der::Limits::ber());
    if (!octets) return std::nullopt;
    return keystore::SubjectKeyIdentifier{std::move(*octets)};
}

std::optional<keystore::IssuerAndSerialNumber> read_issuer_and_serial_number(der::Reader& in) {
    auto fields = in.enter(der::sequence);
    if (!fields) return std::nullopt;
    const auto issuer = fields->next(der::sequence);
    const auto serial_number = fields->integer_octets();
    if (!issuer || !serial_number || !fields->at_end()) return std::nullopt;
    auto name = to_der(*issuer);  // as the certificate has it, to be compared with
    if (!name) return std::nullopt;
    return keystore::IssuerAndSerialNumber{std::move(*name),
                                           {serial_number->begin(), serial_number->end()}};
}

///     KeyTransRecipientInfo ::= SEQUENCE { version, rid RecipientIdentifier,
///                                          keyEncryptionAlgorithm, encryptedKey OCTET STRING }
std::optional<RecipientInfo> read_key_trans_recipient_info(der::Reader& in) {
    auto fields = in.enter(der::sequence);
    if (!fields || !fields->small_integer()) return std::nullopt;
    auto rid = read_recipient_identifier(*fields);
    if (!rid) return std::nullopt;
    auto algorithm = AlgorithmIdentifier::read(*fields);
    if (!algorithm) return std::nullopt;
    auto encrypted_key = fields->next(der::octet_string);
    if (!encrypted_key || !fields->at_end()) return std::nullopt;
    RecipientInfo recipient_info;
    recipient_info.kind = Kind::key_transport;
    recipient_info.rid = std::move(*rid);
    recipient_info.key_encryption_algorithm = std::move(*algorithm);
    recipient_info.encrypted_key = encrypted_key;
    return recipient_info;
}

///     KeyAgreeRecipientIdentifier ::= CHOICE { issuerAndSerialNumber,
///         rKeyId [0] IMPLICIT SEQUENCE { subjectKeyIdentifier, date OPTIONAL, other OPTIONAL } }
std::optional<keystore::RecipientIdentifier> read_key_agree_recipient_identifier(der::Reader& in) {
    if (!is_context(in.peek(), 0)) return read_issuer_and_serial_number(in);
    auto fields = in.enter_context(0);
    if (!fields) return std::nullopt;
    auto key = read_subject_key_identifier(fields->next(der::octet_string));
    fields->next(der::generalized_time);
    fields->next(der::sequence);
    if (!key || !fields->at_end()) return std::nullopt;
    return std::move(*key);
}

///     OriginatorIdentifierOrKey ::= CHOICE { issuerAndSerialNumber, subjectKeyIdentifier [0],
///         originatorKey [1] IMPLICIT SEQUENCE { algorithm, publicKey BIT STRING } }
/// Gives the key to recipient_info, if it is one.
bool read_originator(der::Reader& in, RecipientInfo& recipient_info) {
    auto tagged = in.enter_context(0);
    if (!tagged) return false;
    if (!is_context(tagged->peek(), 1))
        return read_recipient_identifier(*tagged) && tagged->at_end();
    auto fields = tagged->enter_context(1);
    if (!fields) return false;
    auto algorithm = AlgorithmIdentifier::read(*fields);
    if (!algorithm) return false;
    const auto bits = fields->next(der::bit_string);
    if (!bits || bits->tag.constructed || bits->content.empty() || bits->content.front() != 0 ||
        bits->content.size() > limits::originator_key)
        return false;
    const BytesView key = bits->content.subspan(1);
    recipient_info.originator_key =
        RecipientInfo::OriginatorKey{std::move(*algorithm), {key.begin(), key.end()}};
    return fields->at_end() && tagged->at_end();
}

/// Reads an optional [1] EXPLICIT UserKeyingMaterial.
bool read_user_keying_material(der::Reader& in, RecipientInfo& recipient_info) {
    if (!is_context(in.peek(), 1)) return true;
    auto tagged = in.enter_context(1);
    if (!tagged) return false;
    recipient_info.user_keying_material = tagged->next(der::octet_string);
    return recipient_info.user_keying_material && tagged->at_end() &&
           recipient_info.user_keying_material->content.size() <= limits::user_keying_material;
}

///     KeyAgreeRecipientInfo ::= SEQUENCE { version, originator [0] EXPLICIT, ukm [1] EXPLICIT
///         OPTIONAL, keyEncryptionAlgorithm, recipientEncryptedKeys SEQUENCE OF SEQUENCE { rid,
///         encryptedKey OCTET STRING } }                                        ; here [1] IMPLICIT
std::optional<Error> read_key_agree_recipient_info(der::Reader& in, RecipientInfos& out) {
    auto fields = in.enter_context(1);
    if (!fields || !fields->small_integer()) return Error::malformed;
    RecipientInfo common;
    common.kind = Kind::key_agreement;
    if (!read_originator(*fields, common) || !read_user_keying_material(*fields, common))
        return Error::malformed;
    auto algorithm = AlgorithmIdentifier::read(*fields);
    if (!algorithm) return Error::malformed;
    common.key_encryption_algorithm = std::move(*algorithm);
    auto keys = fields->enter(der::sequence);
    if (!keys || !fields->at_end()) return Error::malformed;
    while (!keys->at_end()) {
        if (out.size() == limits::recipients) return Error::too_complex;
        auto key = keys->enter(der::sequence);
        if (!key) return Error::malformed;
        auto rid = read_key_agree_recipient_identifier(*key);
        const auto encrypted_key = key->next(der::octet_string);
        if (!rid || !encrypted_key || !key->at_end()) return Error::malformed;
        RecipientInfo recipient_info = common;
        recipient_info.rid = std::move(*rid);
        recipient_info.encrypted_key = encrypted_key;
        out.push_back(std::move(recipient_info));
    }
    return std::nullopt;
}

///     OtherRecipientInfo ::= SEQUENCE { oriType OBJECT IDENTIFIER, oriValue ANY }
/// The value is not looked at.
Kind other_kind(const der::Element& element) {
    if (!element.tag.constructed) return Kind::other;
    der::Reader in = der::Reader::inside(element, der::Limits::ber());
    return in.oid() == id_ori_kem ? Kind::kem : Kind::other;
}

///     RecipientInfo ::= CHOICE { ktri KeyTransRecipientInfo, kari [1], kekri [2], pwri [3],
///                                ori [4] }
std::optional<Error> read_recipient_info(der::Reader& in, RecipientInfos& out) {
    const auto tag = in.peek();
    if (is_context(tag, 1)) return read_key_agree_recipient_info(in, out);
    if (out.size() == limits::recipients) return Error::too_complex;
    if (tag == der::sequence) {
        auto recipient_info = read_key_trans_recipient_info(in);
        if (!recipient_info) return Error::malformed;
        out.push_back(std::move(*recipient_info));
        return std::nullopt;
    }
    const auto element = in.next();
    if (!element || element->tag.class_bits != 0x80) return Error::malformed;
    RecipientInfo recipient_info;
    switch (element->tag.number) {
        case 2:
            recipient_info.kind = Kind::kek;
            break;
        case 3:
            recipient_info.kind = Kind::password;
            break;
        case 4:
            recipient_info.kind = other_kind(*element);
            break;
        default:
            return Error::malformed;
    }
    out.push_back(std::move(recipient_info));
    return std::nullopt;
}

}  // namespace

///     RecipientIdentifier ::= CHOICE { issuerAndSerialNumber IssuerAndSerialNumber,
///                                      subjectKeyIdentifier [0] SubjectKeyIdentifier }
std::optional<keystore::RecipientIdentifier> read_recipient_identifier(der::Reader& in) {
    if (is_context(in.peek(), 0)) return read_subject_key_identifier(in.next());
    return read_issuer_and_serial_number(in);
}

Result<RecipientInfos> RecipientInfo::read_set(der::Reader& in) {
    auto set = in.enter(der::set);
    if (!set) return Error::malformed;
    RecipientInfos recipient_infos;
    while (!set->at_end())
        if (const auto error = read_recipient_info(*set, recipient_infos)) return *error;
    return recipient_infos;
}

}  // namespace smime
