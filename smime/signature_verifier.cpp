#include "smime/signature_verifier.hpp"

#include <algorithm>
#include <tuple>

#include "keystore/signature_algorithm.hpp"
#include "smime/algorithms.hpp"
#include "smime/canonical.hpp"
#include "smime/limits.hpp"

namespace smime {

namespace der = keystore::der;
using keystore::Bytes;
using keystore::Certificate;
using Candidate = CheckedSigner::Candidate;
using Form = SignedContent::Form;
using Family = keystore::SignatureAlgorithm::Family;

namespace {

std::optional<AlgorithmIdentifier> read_identifier(BytesView octets) {
    der::Reader in{octets, der::Limits::ber()};
    return AlgorithmIdentifier::read(in);
}

/// True if two AlgorithmIdentifiers say the same: parameters NULL and none do (RFC 5754, 2).
bool same_identifier(BytesView one, BytesView other) {
    const auto a = read_identifier(one), b = read_identifier(other);
    if (!a || !b || a->algorithm != b->algorithm || a->is_plain() != b->is_plain()) return false;
    return a->is_plain() || std::ranges::equal(a->parameters->octets, b->parameters->octets);
}

bool is_plain(BytesView octets) {
    const auto identifier = read_identifier(octets);
    return identifier && identifier->is_plain();
}

bool lists_digest(const SignedData& signed_data, const std::string& digest) {
    bool listed = false;
    der::Reader in = der::Reader::inside(signed_data.digest_algorithms, der::Limits::ber());
    while (!in.at_end()) {
        const auto identifier = AlgorithmIdentifier::read(in);
        if (!identifier) return false;
        if (identifier->algorithm != digest) continue;
        if (!identifier->is_plain()) return false;
        listed = true;
    }
    return listed;
}

/// MD2 and MD4: not offered, and of no worth if they were.
bool is_broken_digest(std::string_view oid) {
    return oid == "1.2.840.113549.2.2" || oid == "1.2.840.113549.2.4";
}

/// The first address without control characters, or nothing: one with them is nobody's.
std::string first_presentable(const std::vector<std::string>& addresses) {
    const auto is_control = [](unsigned char c) { return c < ' ' || c == 0x7f; };
    const auto found = std::ranges::find_if(addresses, [&](const std::string& address) {
        return std::ranges::none_of(address, is_control);
    });
    return found == addresses.end() ? std::string{} : *found;
}

Candidate without_certificate(Integrity integrity, bool weak = false) {
    Candidate candidate;
    candidate.integrity = integrity;
    candidate.weak = weak;
    return candidate;
}

CheckedSigner failed(Integrity integrity) {
    CheckedSigner signer;
    signer.candidates.push_back(without_certificate(integrity));
    return signer;
}

/// RFC 5035, 4 and 5.
Integrity compare_hashes(const SignedAttributes& attributes, const Certificate& certificate) {
    for (const auto& named : attributes.certificate_hashes) {
        if (!named.digest) return Integrity::unsupported_algorithm;
        if (named.hash != keystore::hash(*named.digest, certificate.der))
            return Integrity::certificate_mismatch;
        if (named.issuer_and_serial_number &&
            *named.issuer_and_serial_number != certificate.issuer_and_serial_number)
            return Integrity::certificate_mismatch;
    }
    return Integrity::intact;
}

/// The one that a reader of a report wants to know of: the nearer to a pass, the better.
bool is_better(const SignerFacts& one, const SignerFacts& other) {
    const auto distance = [](const SignerFacts& facts) {
        return std::tuple{verdict_of(facts).verdict != Verdict::pass,
                          facts.integrity != Integrity::intact,
                          facts.path != keystore::PathStatus::valid, !facts.address_matches};
    };
    return distance(one) < distance(other);
}

}  // namespace

/// What checking a SignerInfo with one certificate or another needs of it.
struct SignatureVerifier::Check {
    const SignerInfo& info;
    keystore::SignatureAlgorithm algorithm;
    std::optional<SignedAttributes> attributes;
};

std::optional<SignatureVerifier::Bag> SignatureVerifier::read_bag(const SignedData& signed_data) {
    Bag bag;
    if (signed_data.certificates) {
        der::Reader in = der::Reader::inside(*signed_data.certificates, der::Limits::ber());
        while (const auto element = in.next()) {
            // Attribute certificates and PKCS#6 stand under tags of their own (CERT-12).
            if (element->tag != der::sequence) continue;
            const auto size = element->octets.size();
            if (certificates_left_ == 0 || size > certificate_octets_left_) return std::nullopt;
            --certificates_left_;
            certificate_octets_left_ -= size;
            if (auto certificate = Certificate::parse(element->octets))
                bag.certificates.push_back(std::move(*certificate));
        }
    }
    if (policy_.keeps_certificates)
        certificates_.insert(certificates_.end(), bag.certificates.begin(), bag.certificates.end());
    if (signed_data.crls && policy_.revocation != keystore::RevocationPolicy::off)
        bag.certificate_lists = read_lists(*signed_data.crls);
    return bag;
}

/// Those that are too many or too large are left out: the revocation that they speak of is not
/// checked then, or checked by the owner's.
std::vector<keystore::CertificateList> SignatureVerifier::read_lists(const der::Element& crls) {
    std::vector<keystore::CertificateList> lists;
    der::Reader in = der::Reader::inside(crls, der::Limits::ber());
    while (const auto element = in.next()) {
        const auto size = element->octets.size();
        if (element->tag != der::sequence || size > list_octets_left_) continue;
        if (lists.size() == keystore::limits::message_certificate_lists) break;
        list_octets_left_ -= size;
        if (auto list = keystore::CertificateList::parse(
                Bytes{element->octets.begin(), element->octets.end()}))
            lists.push_back(std::move(*list));
    }
    return lists;
}

std::vector<CheckedSigner> SignatureVerifier::check(const SignedData& signed_data,
                                                    SignedContent& content) {
    std::vector<CheckedSigner> signers;
    const auto bag = read_bag(signed_data);
    der::Reader in = der::Reader::inside(signed_data.signer_infos, der::Limits::ber());
    while (!in.at_end()) {
        if (!bag || signers.size() == limits::signers) {
            signers.push_back(failed(Integrity::too_complex));
            break;
        }
        const auto info = SignerInfo::read(in);
        if (!info) {
            signers.push_back(failed(Integrity::malformed));
            break;
        }
        signers.push_back(check_signer(*info, signed_data, *bag, content));
    }
    return signers;
}

std::vector<const Certificate*> SignatureVerifier::certificates_of(
    const keystore::RecipientIdentifier& sid, const Bag& bag) const {
    std::vector<const Certificate*> found;
    const auto look = [&](const Certificate& certificate) {
        const bool is_new = std::ranges::none_of(
            found, [&](const Certificate* other) { return other->der == certificate.der; });
        if (is_new && certificate.is_named_by(sid)) found.push_back(&certificate);
    };
    for (const auto& certificate : bag.certificates) look(certificate);
    for (const auto& certificate : policy_.trust->anchors) look(certificate);
    for (const auto& certificate : policy_.trust->intermediates) look(certificate);
    for (const auto& identity : keys_.identities()) look(identity.certificate());
    return found;
}

CheckedSigner SignatureVerifier::check_signer(const SignerInfo& info, const SignedData& signed_data,
                                              const Bag& bag, SignedContent& content) {
    CheckedSigner signer;
    const auto give_up = [&](Integrity integrity, bool weak = false) {
        signer.candidates = {without_certificate(integrity, weak)};
        return signer;
    };
    const auto digest = keystore::digest_of_oid(info.digest_algorithm);
    signer.digest = digest ? keystore::digest_word(*digest) : info.digest_algorithm;
    auto algorithm = keystore::SignatureAlgorithm::parse(info.signature_identifier);
    if (!algorithm) return give_up(Integrity::malformed);
    if (digest) *algorithm = algorithm->with_digest(*digest);
    signer.signature = algorithm->word();
    Check check{info, *algorithm, std::nullopt};
    if (info.signed_attrs) {
        check.attributes = SignedAttributes::read(*info.signed_attrs);
        if (check.attributes) signer.signing_time = check.attributes->signing_time;
    }
    if (budget_.exhausted()) return give_up(Integrity::too_complex);
    if (!digest || algorithm->family == Family::unsupported) {
        const bool weak = algorithm->weak || is_broken_digest(info.digest_algorithm);
        return give_up(Integrity::unsupported_algorithm, weak);
    }
    if (!is_plain(info.digest_identifier)) return give_up(Integrity::malformed);
    check.algorithm.weak |= keystore::is_weak(*digest);
    // RFC 4056, 3; RFC 5754, 3; RFC 8419, 3.1.
    const bool same_digest = algorithm->family == Family::ed25519
                                 ? *digest == keystore::Digest::sha512
                                 : algorithm->digest == digest;
    if (!same_digest || !lists_digest(signed_data, info.digest_algorithm))
        return give_up(Integrity::algorithm_mismatch);
    if (info.signed_attrs) {
        const auto& attributes = check.attributes;
        if (!attributes || attributes->content_type != signed_data.content_type)
            return give_up(Integrity::bad_attributes);
        if (attributes->algorithm_protection &&
            !(same_identifier(attributes->algorithm_protection->digest_identifier,
                              info.digest_identifier) &&
              same_identifier(attributes->algorithm_protection->signature_identifier,
                              info.signature_identifier)))
            return give_up(Integrity::algorithm_mismatch);
        const auto outcome = compare_digest(attributes->message_digest, *digest, content);
        if (outcome != Integrity::intact) return give_up(outcome);
    } else if (signed_data.content_type != oid::data) {
        // They must be there then (RFC 5652, 5.3); without them a signature over attributes could
        // be shown as one over content (SIG-05).
        return give_up(Integrity::bad_attributes);
    }
    for (const Certificate* certificate : certificates_of(info.sid, bag)) {
        signer.candidates.push_back(check_candidate(check, *certificate, bag, content));
        if (budget_.exhausted()) break;
    }
    if (signer.candidates.empty()) return give_up(Integrity::no_certificate);
    return signer;
}

Candidate SignatureVerifier::check_candidate(const Check& check, const Certificate& certificate,
                                             const Bag& bag, SignedContent& content) {
    Candidate candidate;
    candidate.addresses = certificate.addresses;
    if (!policy_.pins.empty())
        candidate.fingerprint = keystore::hash(keystore::Digest::sha256, certificate.der);
    candidate.subject = certificate.subject_text;
    candidate.issuer = certificate.issuer_text;
    candidate.not_before = certificate.not_before;
    candidate.not_after = certificate.not_after;
    const auto key = keystore::PublicKey::parse(certificate.subject_public_key_info);
    candidate.signature_word = keystore::signature_word(check.algorithm, key ? &*key : nullptr);
    if (!key) {
        candidate.integrity = Integrity::bad_signature;
        return candidate;
    }
    candidate.weak = check.algorithm.weak || key->is_weak();
    candidate.integrity =
        check.attributes ? compare_hashes(*check.attributes, certificate) : Integrity::intact;
    if (candidate.integrity == Integrity::intact)
        candidate.integrity = verify(check, *key, content);
    if (candidate.integrity != Integrity::intact) return candidate;
    keystore::PathRequest request{certificate, *policy_.trust, at_, policy_.revocation};
    request.certificates = bag.certificates;
    request.certificate_lists = bag.certificate_lists;
    const auto path = keystore::find_path(request, budget_);
    candidate.path = path.status;
    candidate.revocation = path.revocation;
    return candidate;
}

/// The first digest of a message is what it takes to look at it at all; all others are paid for.
/// nullptr if this one is not.
const Bytes* SignatureVerifier::digest_of(SignedContent& content, keystore::Digest digest,
                                          Form form) {
    const bool free = content.knows(digest, form) || content.is_new();
    if (!free && !budget_.digest(content.size())) return nullptr;
    return &content.digest(digest, form);
}

Integrity SignatureVerifier::compare_digest(const Bytes& expected, keystore::Digest digest,
                                            SignedContent& content) {
    for (const Form form : {Form::as_received, Form::crlf}) {
        if (!content.has(form)) continue;
        const Bytes* const found = digest_of(content, digest, form);
        if (!found) return Integrity::too_complex;
        if (*found == expected) return Integrity::intact;
    }
    return Integrity::digest_mismatch;
}

Integrity SignatureVerifier::verify(const Check& check, const keystore::PublicKey& key,
                                    SignedContent& content) {
    using Kind = keystore::PublicKey::Kind;
    if (key.kind() == Kind::too_costly) return Integrity::too_complex;
    if (!key.is_usable()) return Integrity::unsupported_algorithm;
    if (!key.fits(check.algorithm)) return Integrity::bad_signature;
    if (!check.attributes) return verify_content(check, key, content);
    const Bytes& attributes = check.attributes->octets;
    if (!budget_.digest(attributes.size()) || !budget_.spend(key.verify_microseconds()))
        return Integrity::too_complex;
    return key.verify(check.algorithm, attributes, check.info.signature) ? Integrity::intact
                                                                         : Integrity::bad_signature;
}

/// Without signed attributes the signature is over the content itself.
Integrity SignatureVerifier::verify_content(const Check& check, const keystore::PublicKey& key,
                                            SignedContent& content) {
    for (const Form form : {Form::as_received, Form::crlf}) {
        if (!content.has(form)) continue;
        Bytes made;
        bool good = false;
        if (check.algorithm.family == Family::ed25519) {  // which takes it whole
            if (!budget_.digest(content.size()) || !budget_.spend(key.verify_microseconds()))
                return Integrity::too_complex;
            good = key.verify(check.algorithm, content.octets(form, made), check.info.signature);
        } else {
            const Bytes* const digest = digest_of(content, *check.algorithm.digest, form);
            if (!digest || !budget_.spend(key.verify_microseconds())) return Integrity::too_complex;
            good = key.verify_digest(check.algorithm, *digest, check.info.signature);
        }
        if (!good) continue;
        const bool replayed = could_be_signed_attributes(content.octets(form, made));
        return replayed ? Integrity::stripped_attributes : Integrity::intact;
    }
    return Integrity::bad_signature;
}

SignerFacts SignatureVerifier::facts_of(const CheckedSigner& signer, const Candidate& candidate,
                                        const Author& author) const {
    SignerFacts facts;
    facts.integrity = candidate.integrity;
    facts.weak = candidate.weak;
    facts.path = candidate.path;
    facts.author = author.status;
    if (author.address) {
        facts.address_matches = std::ranges::any_of(candidate.addresses, [&](const auto& text) {
            return MailAddress::parse(text) == author.address;
        });
        bool pinned = false, pinned_to_this = false;
        for (const Pin& pin : policy_.pins) {
            if (!(pin.address == *author.address)) continue;
            pinned = true;
            pinned_to_this |= pin.fingerprint == candidate.fingerprint;
        }
        facts.pinned_otherwise = pinned && !pinned_to_this;
    }
    if (signer.signing_time) {
        const auto time = *signer.signing_time;
        const auto written = author.date.value_or(at_);  // readers show when it came, then
        facts.date_differs = author.doubtful_date || time > at_ + limits::clock_ahead ||
                             time > written + limits::date_difference ||
                             time < written - limits::date_difference;
    }
    return facts;
}

std::pair<SignerFacts, Signer> SignatureVerifier::judge(const CheckedSigner& signer,
                                                        const Author& author) const {
    const Candidate* best = &signer.candidates.front();
    SignerFacts facts = facts_of(signer, *best, author);
    for (const Candidate& candidate : signer.candidates) {
        const SignerFacts other = facts_of(signer, candidate, author);
        if (!is_better(other, facts)) continue;
        best = &candidate;
        facts = other;
    }
    Signer shown;
    const Judgement judgement = verdict_of(facts);
    shown.verdict = judgement.verdict;
    shown.reason = judgement.reason;
    shown.subject = best->subject;
    shown.issuer = best->issuer;
    shown.digest = signer.digest;
    shown.signature = best->signature_word.empty() ? signer.signature : best->signature_word;
    shown.signing_time = signer.signing_time;
    if (facts.date_differs) shown.date = author.date;
    if (facts.address_matches)
        shown.address = author.address->text();
    else
        shown.address = first_presentable(best->addresses);
    if (!best->subject.empty()) {
        shown.valid = {best->not_before, best->not_after};
        shown.revocation = best->revocation;
    }
    return {facts, std::move(shown)};
}

}  // namespace smime
