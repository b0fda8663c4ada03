#include "keystore/anchor.hpp"

#include "keystore/crypto.hpp"
#include "keystore/public_key.hpp"

namespace keystore {
namespace {

/// What forbids any path through it, at any time.
std::string defect_of(const Certificate& certificate) {
    const auto& extensions = certificate.extensions;
    if (!certificate.defect.empty()) return certificate.defect;
    if (!extensions.malformed.empty()) return "the extension " + extensions.malformed;
    return {};
}

}  // namespace

bool is_certificate_authority(const Certificate& certificate) {
    const auto& constraints = certificate.extensions.basic_constraints;
    return constraints && constraints->ca;
}

std::string anchor_problem(const Certificate& certificate, Certificate::Time now) {
    const auto& extensions = certificate.extensions;
    if (!is_certificate_authority(certificate))
        return "is no CA: it may not vouch for anybody but itself";
    if (extensions.key_usage && (*extensions.key_usage & CertificateExtensions::key_cert_sign) == 0)
        return "is no CA that may issue certificates: its key usage forbids it";
    if (!extensions.allow_purpose(email_protection))
        return "is not for mail: its extended key usage says what else it is for";
    if (const auto defect = defect_of(certificate); !defect.empty())
        return "can't be used: " + defect + " is not as it must be";
    if (!extensions.unknown_critical.empty())
        return "can't be used: it demands the extension " + extensions.unknown_critical.front() +
               ", which is not known here";
    const auto key = PublicKey::parse(certificate.subject_public_key_info);
    if (!key || !key->is_usable()) return "can't be used: its key is of no kind that is known here";
    if (key->is_weak()) return "can't be used: its key is too weak to prove anything";
    if (certificate.not_after < now) return "has expired";
    if (certificate.not_before > now) return "is not valid yet";
    return {};
}

std::string fingerprint_text(BytesView der) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text = "sha256:";
    for (const auto octet : hash(Digest::sha256, der)) {
        text += digits[octet >> 4];
        text += digits[octet & 15];
    }
    return text;
}

}  // namespace keystore
