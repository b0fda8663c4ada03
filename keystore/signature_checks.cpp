#include "keystore/signature_checks.hpp"

#include "keystore/public_key.hpp"
#include "keystore/signature_algorithm.hpp"

namespace keystore {
namespace {

std::string_view text_of(BytesView octets) {
    return {reinterpret_cast<const char*>(octets.data()), octets.size()};
}

}  // namespace

SignatureChecks::Outcome SignatureChecks::verify(const Signed& what, const Certificate& issuer) {
    const auto algorithm = SignatureAlgorithm::parse(what.algorithm);
    const auto key = PublicKey::parse(issuer.subject_public_key_info);
    if (!algorithm || !key) return Outcome::bad;
    if (key->kind() == PublicKey::Kind::explicit_curve) return Outcome::explicit_curve;
    if (key->kind() == PublicKey::Kind::too_costly) {
        exhausted_ = true;
        return Outcome::refused;
    }
    if (algorithm->family == SignatureAlgorithm::Family::unsupported || !key->is_usable())
        return Outcome::unsupported;
    if (!key->fits(*algorithm)) return Outcome::bad;
    const std::size_t to_digest = what.digest.empty() ? what.message.size() : 0;
    if (!budget_.digest(to_digest) || !budget_.spend(key->verify_microseconds()))
        return Outcome::refused;
    const bool good = what.digest.empty()
                          ? key->verify(*algorithm, what.message, what.signature)
                          : key->verify_digest(*algorithm, what.digest, what.signature);
    if (!good) return Outcome::bad;
    return algorithm->weak || key->is_weak() ? Outcome::weak : Outcome::good;
}

SignatureChecks::Outcome SignatureChecks::check(const Signed& what, const Certificate& issuer) {
    const Key key{what.what, text_of(issuer.subject_public_key_info)};
    if (const auto found = known_.find(key); found != known_.end()) return found->second;
    const Outcome outcome = verify(what, issuer);
    known_.emplace(key, outcome);
    return outcome;
}

SignatureChecks::Outcome SignatureChecks::check(const Certificate& certificate,
                                                const Certificate& issuer) {
    return check({&certificate,
                  certificate.tbs_certificate(),
                  {},
                  certificate.signature,
                  certificate.signature_algorithm},
                 issuer);
}

SignatureChecks::Outcome SignatureChecks::check(const CertificateList& list,
                                                const Certificate& issuer) {
    return check(
        {&list, list.tbs_cert_list(), list.digest(), list.signature(), list.signature_algorithm()},
        issuer);
}

}  // namespace keystore
