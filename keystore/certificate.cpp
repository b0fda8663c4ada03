#include "keystore/certificate.hpp"

#include <algorithm>

#include "keystore/crypto.hpp"
#include "keystore/der.hpp"
#include "keystore/limits.hpp"
#include "keystore/name.hpp"
#include "keystore/time.hpp"

namespace keystore {
namespace {

/// Certificates that are signed over DER but hold some BER are in use; they are read.
constexpr auto encoding = der::Limits::ber();

Bytes copy(BytesView octets) {
    return {octets.begin(), octets.end()};
}

/// Without a sign octet that says nothing, as openssl and others show it.
std::string hexadecimal(BytesView octets) {
    if (octets.size() > 1 && octets[0] == 0) octets = octets.subspan(1);
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::string text;
    for (const std::uint8_t octet : octets) {
        text += digits[octet >> 4];
        text += digits[octet & 0xf];
    }
    return text;
}

std::string key_algorithm(BytesView subject_public_key_info) {
    der::Reader outer{subject_public_key_info, encoding};
    auto info = outer.enter(der::sequence);
    auto algorithm = info ? info->enter(der::sequence) : std::nullopt;
    auto oid = algorithm ? algorithm->oid() : std::nullopt;
    if (!oid) return "unknown";
    if (*oid == "1.2.840.113549.1.1.1") return "rsa";
    if (*oid == "1.2.840.10045.2.1") return "ec";
    if (*oid == "1.3.101.110") return "x25519";
    return *oid;
}

bool is_same(BytesView a, BytesView b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end());
}

/// The first thing that is wrong is the one that is said.
void refuse(Certificate& certificate, std::string_view why) {
    if (certificate.defect.empty()) certificate.defect = why;
}

void take_extensions(CertificateExtensions&& extensions, Certificate& certificate) {
    if (extensions.subject_key_identifier)
        certificate.subject_key_identifier =
            SubjectKeyIdentifier{*extensions.subject_key_identifier};
    certificate.key_usage = extensions.key_usage;
    for (const GeneralName& name : extensions.subject_alt_names)
        if ((name.form == GeneralName::Form::rfc822_name ||
             name.form == GeneralName::Form::smtp_utf8_mailbox) &&
            certificate.addresses.size() < limits::addresses)
            certificate.addresses.push_back(name.value);
    const bool ca = extensions.basic_constraints && extensions.basic_constraints->ca;
    // Constraints of a certificate that can't issue are nobody's (RFC 5280, 4.2.1.10).
    if (extensions.name_constraints && !ca) refuse(certificate, "2.5.29.30");
    if (!extensions.malformed.empty()) refuse(certificate, extensions.malformed);
    certificate.extensions = std::move(extensions);
}

/// An issuer must have a name; a subject may have none (RFC 5280, 4.1.2.4 and 4.1.2.6).
void take_names(BytesView issuer, BytesView subject, Certificate& certificate) {
    auto issuer_name = DistinguishedName::parse(issuer);
    auto subject_name = DistinguishedName::parse(subject);
    if (!issuer_name || !subject_name || issuer_name->empty()) {
        refuse(certificate, "a name");
        return;
    }
    certificate.issuer_name = std::move(*issuer_name);
    certificate.subject_name = std::move(*subject_name);
}

/// Version (RFC 5280, 4.1.2.1); 0 if it is none that there is.
int read_version(der::Reader& in) {
    if (in.peek() != der::context(0, true)) return 1;
    auto tagged = in.enter_context(0);
    const auto version = tagged ? tagged->small_integer() : std::nullopt;
    return version && *version <= 2 && tagged->at_end() ? static_cast<int>(*version) + 1 : 0;
}

/// TBSCertificate (RFC 5280, 4.1).
bool read_tbs_certificate(der::Reader in, Certificate& certificate) {
    certificate.version = read_version(in);
    if (certificate.version == 0) refuse(certificate, "the version");
    const auto serial = in.integer_octets();
    const auto signature = in.next(der::sequence);
    const auto issuer = in.next(der::sequence);
    auto validity = in.enter(der::sequence);
    if (!serial || !signature || !issuer || !validity) return false;
    const auto not_before = read_time(*validity);
    const auto not_after = read_time(*validity);
    const auto subject = in.next(der::sequence);
    const auto key = in.next(der::sequence);
    if (!not_before || !not_after || !subject || !key) return false;

    certificate.issuer_and_serial_number = {copy(issuer->octets), copy(*serial)};
    certificate.subject = copy(subject->octets);
    certificate.issuer_text = name_text(issuer->octets);
    certificate.subject_text = name_text(subject->octets);
    certificate.serial_text = hexadecimal(*serial);
    certificate.subject_public_key_info = copy(key->octets);
    certificate.key_algorithm = key_algorithm(key->octets);
    certificate.not_before = *not_before;
    certificate.not_after = *not_after;
    certificate.signature_algorithm = copy(signature->octets);
    take_names(issuer->octets, subject->octets, certificate);
    const auto issuer_unique_id = in.next_context(1);
    const auto subject_unique_id = in.next_context(2);
    if ((issuer_unique_id || subject_unique_id) && certificate.version == 1)
        refuse(certificate, "the version");
    if (auto tagged = in.enter_context(3)) {
        const auto inside = tagged->enter(der::sequence);
        const auto extensions = inside ? read_extensions(*inside) : std::nullopt;
        if (!extensions) return false;
        if (certificate.version != 3) refuse(certificate, "the version");
        take_extensions(CertificateExtensions::read(*extensions), certificate);
    }
    for (std::string& address : name_addresses(certificate.subject))
        if (std::find(certificate.addresses.begin(), certificate.addresses.end(), address) ==
            certificate.addresses.end())
            certificate.addresses.push_back(std::move(address));
    return in.at_end();
}

}  // namespace

std::optional<Certificate> Certificate::parse(BytesView der) {
    der::Reader outer{der, encoding};
    const auto element = outer.next(der::sequence);
    if (!element || !outer.at_end()) return std::nullopt;
    auto in = der::Reader::inside(*element, encoding);
    const auto tbs = in.next(der::sequence);
    Certificate certificate;
    if (!tbs || !read_tbs_certificate(der::Reader::inside(*tbs, encoding), certificate))
        return std::nullopt;
    const auto algorithm = in.next(der::sequence);
    const auto signature = in.next(der::bit_string);
    if (!algorithm || !signature || !in.at_end()) return std::nullopt;
    certificate.der = copy(der);
    certificate.tbs = Extent::of(tbs->octets, der);
    // What is said of the algorithm outside the signature is not signed (RFC 5280, 4.1.1.2).
    if (!is_same(certificate.signature_algorithm, algorithm->octets))
        refuse(certificate, "the signature algorithm");
    const BytesView bits = signature->content;
    if (signature->tag.constructed || bits.empty() || bits[0] != 0)
        refuse(certificate, "the signature");
    else
        certificate.signature = copy(bits.subspan(1));
    return certificate;
}

std::vector<GeneralName> Certificate::constrained_names() const {
    std::vector<GeneralName> names = extensions.subject_alt_names;
    GeneralName name;
    if (!subject_name.empty()) {
        name.form = GeneralName::Form::directory_name;
        name.directory_name = subject_name;
        names.push_back(std::move(name));
    }
    for (const std::string& address : name_addresses(subject)) {
        GeneralName mailbox;
        mailbox.form = GeneralName::Form::rfc822_name;
        mailbox.value = address;
        names.push_back(std::move(mailbox));
    }
    return names;
}

bool Certificate::is_named_by(const RecipientIdentifier& identifier) const {
    if (const auto* name = std::get_if<IssuerAndSerialNumber>(&identifier))
        return *name == issuer_and_serial_number;
    const auto& key = std::get<SubjectKeyIdentifier>(identifier);
    if (subject_key_identifier) return key == *subject_key_identifier;
    return key.octets == hash(Digest::sha1, subject_public_key(subject_public_key_info));
}

BytesView subject_public_key(BytesView subject_public_key_info) {
    der::Reader outer{subject_public_key_info, encoding};
    auto info = outer.enter(der::sequence);
    if (!info || !info->next(der::sequence)) return {};
    const auto bits = info->next(der::bit_string);
    if (!bits || bits->tag.constructed || bits->content.empty()) return {};
    return bits->content.subspan(1);
}

}  // namespace keystore
