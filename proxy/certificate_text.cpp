#include "proxy/certificate_text.hpp"

#include "keystore/anchor.hpp"
#include "proxy/log.hpp"
#include "smime/report.hpp"

namespace proxy {
namespace {

using keystore::Certificate;

void add_line(std::string& text, std::string_view name, const std::string& value) {
    std::string line = "    ";
    line.append(name).resize(18, ' ');
    text += line + log::one_line(value) + '\n';
}

std::string joined(const std::vector<std::string>& words) {
    std::string text;
    for (const auto& word : words) text += (text.empty() ? "" : ", ") + word;
    return text;
}

std::string_view validity(const Certificate& certificate, std::chrono::sys_seconds now) {
    if (certificate.not_after < now) return "expired";
    return certificate.not_before > now ? "not-yet-valid" : "valid";
}

}  // namespace

std::string day_text(std::chrono::sys_seconds time) {
    return smime::time_text(time).substr(0, 10);
}

std::string whose(const Certificate& certificate) {
    return certificate.addresses.empty() ? certificate.subject_text : certificate.addresses.front();
}

std::string purposes(const Certificate& certificate) {
    // RFC 5280, 4.2.1.3: a message's key is enciphered by RSA, and agreed on by curves.
    constexpr std::uint16_t encryption = 1 << 2 | 1 << 4;
    constexpr std::uint16_t signing = keystore::CertificateExtensions::digital_signature |
                                      keystore::CertificateExtensions::non_repudiation;
    if (!certificate.extensions.allow_purpose(keystore::email_protection)) return "nothing in mail";
    const auto usage = certificate.key_usage.value_or(0xffff);
    std::vector<std::string> words;
    if ((usage & encryption) != 0) words.emplace_back("decrypting");
    // X25519 agrees on keys, and signs nothing (RFC 8410).
    if ((usage & signing) != 0 && certificate.key_algorithm != "x25519")
        words.emplace_back("signing");
    return words.empty() ? "nothing in mail" : joined(words);
}

std::string certificate_text(const Certificate& certificate, std::chrono::sys_seconds now) {
    std::string text;
    add_line(text, "subject", certificate.subject_text);
    if (!certificate.addresses.empty()) add_line(text, "addresses", joined(certificate.addresses));
    add_line(text, "issued by", certificate.issuer_text);
    std::string valid = day_text(certificate.not_before) + " to " + day_text(certificate.not_after);
    if (certificate.not_after < now) valid += ", expired";
    if (certificate.not_before > now) valid += ", not yet";
    add_line(text, "valid", valid);
    add_line(text, "fingerprint", keystore::fingerprint_text(certificate.der));
    return text;
}

void write_certificate(smime::JsonWriter& out, const Certificate& certificate,
                       std::chrono::sys_seconds now) {
    out.member("subject", certificate.subject_text);
    out.member("issuer", certificate.issuer_text);
    out.member("serial", certificate.serial_text);
    out.begin_array("addresses");
    for (const auto& address : certificate.addresses) {
        out.begin_object();
        out.member("address", address);
        out.end_object();
    }
    out.end_array();
    out.member("not_before", smime::time_text(certificate.not_before));
    out.member("not_after", smime::time_text(certificate.not_after));
    out.member("validity", validity(certificate, now));
    out.member("fingerprint", keystore::fingerprint_text(certificate.der));
}

std::chrono::sys_seconds this_second() {
    return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
}

}  // namespace proxy
