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

constexpr std::string_view subject_key_identifier_oid = "2.5.29.14";
constexpr std::string_view key_usage_oid = "2.5.29.15";
constexpr std::string_view subject_alt_name_oid = "2.5.29.17";
constexpr std::string_view smtp_utf8_mailbox_oid = "1.3.6.1.5.5.7.8.9";

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

/// SmtpUTF8Mailbox (RFC 9598, 3), an otherName.
std::optional<std::string> smtp_utf8_mailbox(const der::Element& other_name) {
    if (!other_name.tag.constructed) return std::nullopt;
    auto in = der::Reader::inside(other_name, encoding);
    if (in.oid() != smtp_utf8_mailbox_oid) return std::nullopt;
    auto value = in.enter_context(0);
    const auto text = value ? value->next({0, 12, false}) : std::nullopt;
    const auto octets = text ? der::string_octets(*text, encoding) : std::nullopt;
    if (!octets) return std::nullopt;
    return std::string{octets->begin(), octets->end()};
}

/// The mail addresses among GeneralNames (RFC 5280, 4.2.1.6).
void read_subject_alt_name(der::Reader in, std::vector<std::string>& addresses) {
    auto names = in.enter(der::sequence);
    while (names && addresses.size() < limits::addresses) {
        const auto name = names->next();
        if (!name) return;
        if (name->tag == der::context(1, false)) {
            addresses.emplace_back(name->content.begin(), name->content.end());
        } else if (name->tag == der::context(0, true)) {
            if (auto mailbox = smtp_utf8_mailbox(*name)) addresses.push_back(std::move(*mailbox));
        }
    }
}

std::optional<std::uint16_t> read_key_usage(der::Reader in) {
    const auto bits = in.next(der::bit_string);
    if (!bits || bits->content.size() < 2) return std::nullopt;
    std::uint16_t usage = 0;
    for (std::size_t bit = 0; bit < 9 && bit / 8 + 1 < bits->content.size(); ++bit)
        if ((bits->content[bit / 8 + 1] & (0x80 >> bit % 8)) != 0)
            usage = static_cast<std::uint16_t>(usage | 1 << bit);
    return usage;
}

/// Reads the extensions that we know; one that is not as it should be counts as absent.
bool read_extensions(der::Reader in, Certificate& certificate) {
    while (!in.at_end()) {
        auto extension = in.enter(der::sequence);
        const auto oid = extension ? extension->next(der::oid) : std::nullopt;
        if (!oid) return false;
        extension->boolean();  // critical
        const auto value = extension->next(der::octet_string);
        if (!value) return false;
        const der::Reader inside{value->content, encoding};
        const auto type = der::oid_text(oid->content);
        if (type == subject_key_identifier_oid) {
            der::Reader key = inside;
            if (const auto octets = key.next(der::octet_string))
                certificate.subject_key_identifier = SubjectKeyIdentifier{copy(octets->content)};
        } else if (type == key_usage_oid) {
            certificate.key_usage = read_key_usage(inside);
        } else if (type == subject_alt_name_oid) {
            read_subject_alt_name(inside, certificate.addresses);
        }
    }
    return true;
}

/// TBSCertificate (RFC 5280, 4.1).
bool read_tbs_certificate(der::Reader in, Certificate& certificate) {
    if (const auto version = in.peek(); version && *version == der::context(0, true))
        if (!in.next()) return false;
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
    in.next_context(1);  // issuerUniqueID
    in.next_context(2);  // subjectUniqueID
    if (auto tagged = in.enter_context(3)) {
        auto extensions = tagged->enter(der::sequence);
        if (!extensions || !read_extensions(*extensions, certificate)) return false;
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
    auto tbs = in.enter(der::sequence);
    Certificate certificate;
    if (!tbs || !read_tbs_certificate(*tbs, certificate)) return std::nullopt;
    const auto algorithm = in.next(der::sequence);
    const auto signature = in.next(der::bit_string);
    if (!algorithm || !signature || !in.at_end()) return std::nullopt;
    certificate.der = copy(der);
    return certificate;
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
