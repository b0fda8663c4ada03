#include "smime/signer_info.hpp"

#include <algorithm>
#include <set>

#include "keystore/signature_algorithm.hpp"
#include "keystore/time.hpp"
#include "smime/algorithms.hpp"
#include "smime/canonical.hpp"
#include "smime/limits.hpp"

namespace smime {

namespace der = keystore::der;
using keystore::Bytes;

namespace {

constexpr auto strict = der::Limits::der();

constexpr std::string_view content_type_oid = "1.2.840.113549.1.9.3";
constexpr std::string_view message_digest_oid = "1.2.840.113549.1.9.4";
constexpr std::string_view signing_time_oid = "1.2.840.113549.1.9.5";
constexpr std::string_view smime_capabilities_oid = "1.2.840.113549.1.9.15";
constexpr std::string_view signing_certificate_oid = "1.2.840.113549.1.9.16.2.12";
constexpr std::string_view signing_certificate_v2_oid = "1.2.840.113549.1.9.16.2.47";
constexpr std::string_view algorithm_protection_oid = "1.2.840.113549.1.9.52";

Bytes copy(BytesView octets) {
    return {octets.begin(), octets.end()};
}

/// An AlgorithmIdentifier that may stand in BER.
std::optional<Bytes> read_identifier(der::Reader& in, std::string* oid = nullptr) {
    const auto element = in.next(der::sequence);
    auto octets = element ? to_der(*element) : std::nullopt;
    if (!octets) return std::nullopt;
    der::Reader again{*octets, strict};
    const auto identifier = AlgorithmIdentifier::read(again);
    if (!identifier) return std::nullopt;
    if (oid) *oid = identifier->algorithm;
    return octets;
}

/// IssuerSerial ::= SEQUENCE { issuer GeneralNames, serialNumber }: RFC 5035 wants one
/// directoryName.
std::optional<keystore::IssuerAndSerialNumber> read_issuer_serial(der::Reader& in) {
    auto fields = in.enter(der::sequence);
    auto names = fields ? fields->enter(der::sequence) : std::nullopt;
    auto name = names ? names->enter_context(4) : std::nullopt;
    const auto issuer = name ? name->next(der::sequence) : std::nullopt;
    if (!issuer || !name->at_end() || !names->at_end()) return std::nullopt;
    const auto serial = fields->integer_octets();
    if (!serial || !fields->at_end()) return std::nullopt;
    return keystore::IssuerAndSerialNumber{copy(issuer->octets), copy(*serial)};
}

///     SigningCertificate ::= SEQUENCE { certs SEQUENCE OF ESSCertID, policies OPTIONAL }
///     ESSCertIDv2 ::= SEQUENCE { hashAlgorithm DEFAULT sha256, certHash, issuerSerial OPTIONAL }
/// Only the first is the signer's (RFC 5035, 4); the others may limit the path, which we do not
/// ask.
std::optional<SignedAttributes::CertificateHash> read_signing_certificate(der::Reader in,
                                                                          bool version_2) {
    auto value = in.enter(der::sequence);
    auto hashes = value ? value->enter(der::sequence) : std::nullopt;
    auto fields = hashes ? hashes->enter(der::sequence) : std::nullopt;
    if (!fields || !in.at_end()) return std::nullopt;
    SignedAttributes::CertificateHash result;
    result.digest = version_2 ? keystore::Digest::sha256 : keystore::Digest::sha1;
    if (version_2 && fields->peek() == der::sequence) {
        const auto identifier = AlgorithmIdentifier::read(*fields);
        if (!identifier) return std::nullopt;
        result.digest = keystore::digest_of_oid(identifier->algorithm);
    }
    const auto hash = fields->next(der::octet_string);
    if (!hash) return std::nullopt;
    result.hash = copy(hash->content);
    if (!fields->at_end()) {
        result.issuer_and_serial_number = read_issuer_serial(*fields);
        if (!result.issuer_and_serial_number || !fields->at_end()) return std::nullopt;
    }
    return result;
}

///     CMSAlgorithmProtection ::= SEQUENCE { digestAlgorithm, signatureAlgorithm [1] OPTIONAL,
///                                           macAlgorithm [2] OPTIONAL }
std::optional<SignedAttributes::AlgorithmProtection> read_algorithm_protection(der::Reader in) {
    auto fields = in.enter(der::sequence);
    const auto digest = fields ? read_identifier(*fields) : std::nullopt;
    if (!digest || !in.at_end()) return std::nullopt;
    SignedAttributes::AlgorithmProtection result{*digest, {}};
    if (const auto signature = fields->next_context(1)) {
        der::Writer identifier;
        identifier.element(der::sequence, signature->content);
        result.signature_identifier = identifier.take();
    }
    fields->next_context(2);
    if (!fields->at_end()) return std::nullopt;
    return result;
}

bool must_be_single(std::string_view oid) {
    for (const auto single :
         {content_type_oid, message_digest_oid, signing_time_oid, smime_capabilities_oid,
          signing_certificate_oid, signing_certificate_v2_oid, algorithm_protection_oid})
        if (oid == single) return true;
    return false;
}

/// Reads the value of one attribute, which stands in value alone.
bool read_value(std::string_view oid, der::Reader value, SignedAttributes& attributes) {
    if (oid == content_type_oid) {
        auto type = value.oid();
        if (!type || !value.at_end()) return false;
        attributes.content_type = std::move(*type);
    } else if (oid == message_digest_oid) {
        const auto digest = value.next(der::octet_string);
        if (!digest || !value.at_end()) return false;
        attributes.message_digest = copy(digest->content);
    } else if (oid == signing_time_oid) {
        attributes.signing_time = keystore::read_time(value);
        return attributes.signing_time && value.at_end();
    } else if (oid == signing_certificate_oid || oid == signing_certificate_v2_oid) {
        const auto hash = read_signing_certificate(value, oid == signing_certificate_v2_oid);
        if (!hash) return false;
        attributes.certificate_hashes.push_back(*hash);
    } else if (oid == algorithm_protection_oid) {
        attributes.algorithm_protection = read_algorithm_protection(value);
        return attributes.algorithm_protection.has_value();
    }
    return true;
}

/// True if everything in it is DER. Iterative: what is to be looked into waits in a list.
bool is_der(BytesView octets) {
    std::vector<der::Reader> waiting{der::Reader{octets, strict}};
    std::size_t elements = 0;
    while (!waiting.empty()) {
        der::Reader in = waiting.back();
        waiting.pop_back();
        while (!in.at_end()) {
            const auto element = in.next();
            if (!element || ++elements > limits::canonical) return false;
            if (element->tag.constructed) waiting.push_back(der::Reader{element->content, strict});
        }
    }
    return true;
}

}  // namespace

///     SignerInfo ::= SEQUENCE { version, sid SignerIdentifier, digestAlgorithm,
///         signedAttrs [0] OPTIONAL, signatureAlgorithm, signature OCTET STRING,
///         unsignedAttrs [1] OPTIONAL }
std::optional<SignerInfo> SignerInfo::read(der::Reader& in) {
    auto fields = in.enter(der::sequence);
    // Whatever the identifier is: senders mix up v1 and v3. Beyond v5 there is none (RFC
    // 5652, 10.2.5).
    const auto version = fields ? fields->small_integer() : std::nullopt;
    if (!version || *version > 5) return std::nullopt;
    SignerInfo info;
    auto sid = read_recipient_identifier(*fields);
    if (!sid) return std::nullopt;
    info.sid = std::move(*sid);
    auto digest = read_identifier(*fields, &info.digest_algorithm);
    if (!digest) return std::nullopt;
    info.digest_identifier = std::move(*digest);
    info.signed_attrs = fields->next_context(0);
    auto signature_algorithm = read_identifier(*fields);
    const auto signature = fields->next(der::octet_string);
    if (!signature_algorithm || !signature || signature->content.size() > limits::canonical)
        return std::nullopt;
    info.signature_identifier = std::move(*signature_algorithm);
    auto octets = der::string_octets(*signature, der::Limits::ber());
    if (!octets) return std::nullopt;
    info.signature = std::move(*octets);
    fields->next_context(1);
    if (!fields->at_end()) return std::nullopt;
    return info;
}

std::optional<SignedAttributes> SignedAttributes::read(const der::Element& signed_attrs) {
    if (!signed_attrs.tag.constructed || signed_attrs.content.size() > limits::canonical ||
        !is_der(signed_attrs.octets))
        return std::nullopt;
    SignedAttributes attributes;
    // As received but for the tag; who does not sort them signs them unsorted.
    der::Writer set;
    set.element(der::set, signed_attrs.content);
    attributes.octets = set.take();

    std::set<std::string, std::less<>> seen;
    der::Reader in{signed_attrs.content, strict};
    while (!in.at_end()) {
        auto attribute = in.enter(der::sequence);
        const auto oid = attribute ? attribute->oid() : std::nullopt;
        auto values = oid ? attribute->enter(der::set) : std::nullopt;
        if (!values || !attribute->at_end()) return std::nullopt;
        if (!must_be_single(*oid)) continue;
        const auto value = values->next();
        if (!value || !values->at_end() || !seen.insert(*oid).second ||
            !read_value(*oid, der::Reader{value->octets, strict}, attributes))
            return std::nullopt;
    }
    if (!seen.contains(content_type_oid) || !seen.contains(message_digest_oid)) return std::nullopt;
    return attributes;
}

bool could_be_signed_attributes(BytesView content) {
    der::Reader outer{content, der::Limits::ber()};
    auto in = outer.enter(der::set);
    if (!in || !outer.at_end()) return false;
    bool has_digest = false;
    while (!in->at_end()) {
        auto attribute = in->enter(der::sequence);
        const auto oid = attribute ? attribute->oid() : std::nullopt;
        if (!oid || !attribute->enter(der::set) || !attribute->at_end()) return false;
        has_digest |= *oid == message_digest_oid;
    }
    return has_digest;
}

}  // namespace smime
