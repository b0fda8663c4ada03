#pragma once

#include <optional>
#include <string>
#include <vector>

#include "keystore/keystore.hpp"
#include "keystore/public_key.hpp"
#include "smime/author.hpp"
#include "smime/report.hpp"
#include "smime/signature_policy.hpp"
#include "smime/signed_content.hpp"
#include "smime/signer_info.hpp"
#include "smime/verdict.hpp"

namespace smime {

/// CheckedSigner is what checking one SignerInfo came to, before anyone asks whose mail it is.
struct CheckedSigner {
    /// What is known with one of the certificates that the SignerInfo may mean.
    struct Candidate {
        Integrity integrity = Integrity::malformed;
        bool weak = false;
        keystore::PathStatus path = keystore::PathStatus::untrusted;
        keystore::Revocation revocation = keystore::Revocation::not_checked;
        std::vector<std::string> addresses;
        keystore::Bytes fingerprint;
        std::string subject, issuer, signature_word;
        keystore::Certificate::Time not_before, not_after;
    };

    std::string digest, signature;  ///< words; digest may be a dotted OID
    std::optional<keystore::Certificate::Time> signing_time;
    std::vector<Candidate> candidates;  ///< never empty; one without a subject stands for none
};

/// SignatureVerifier verifies the signatures of one message, of all of its layers together within
/// the limits of CERT-10. A pure function of what it is given: no clock, no network. Everything
/// given must outlive it.
class SignatureVerifier {
public:
    SignatureVerifier(const SignaturePolicy& policy, keystore::Certificate::Time at,
                      const keystore::Keystore& keys)
        : policy_{policy}, at_{at}, keys_{keys} {}

    /// Checks every SignerInfo of signed_data against content (SIG-03 … SIG-09), and the paths of
    /// their certificates. One or more, unless signed_data has none.
    std::vector<CheckedSigner> check(const SignedData& signed_data, SignedContent& content);

    /// Holds a signer against who the message says that its author is (CERT-05, CERT-11, SIG-08),
    /// and gives the facts, and what the report shows of them. Of several certificates that the
    /// signature may mean, the one that says the best.
    std::pair<SignerFacts, Signer> judge(const CheckedSigner& signer, const Author& author) const;

    /// All that came with what was checked, if the policy keeps it.
    const std::vector<keystore::Certificate>& certificates() const { return certificates_; }

private:
    struct Bag {
        std::vector<keystore::Certificate> certificates;
        std::vector<keystore::CertificateList> certificate_lists;
    };
    struct Check;

    std::optional<Bag> read_bag(const SignedData& signed_data);
    std::vector<keystore::CertificateList> read_lists(const keystore::der::Element& crls);
    const keystore::Bytes* digest_of(SignedContent& content, keystore::Digest digest,
                                     SignedContent::Form form);
    Integrity compare_digest(const keystore::Bytes& expected, keystore::Digest digest,
                             SignedContent& content);
    Integrity verify_content(const Check& check, const keystore::PublicKey& key,
                             SignedContent& content);
    CheckedSigner check_signer(const SignerInfo& info, const SignedData& signed_data,
                               const Bag& bag, SignedContent& content);
    std::vector<const keystore::Certificate*> certificates_of(
        const keystore::RecipientIdentifier& sid, const Bag& bag) const;
    CheckedSigner::Candidate check_candidate(const Check& check,
                                             const keystore::Certificate& certificate,
                                             const Bag& bag, SignedContent& content);
    Integrity verify(const Check& check, const keystore::PublicKey& key, SignedContent& content);
    SignerFacts facts_of(const CheckedSigner& signer, const CheckedSigner::Candidate& candidate,
                         const Author& author) const;

    const SignaturePolicy& policy_;
    keystore::Certificate::Time at_;
    const keystore::Keystore& keys_;
    keystore::SignatureBudget budget_;
    std::vector<keystore::Certificate> certificates_;
    std::size_t certificates_left_ = keystore::limits::message_certificates;
    std::size_t certificate_octets_left_ = keystore::limits::message_certificate_octets;
    std::size_t list_octets_left_ = keystore::limits::message_certificate_list_octets;
};

}  // namespace smime
