#include "smime/signature_review.hpp"

#include <algorithm>

#include "smime/algorithms.hpp"
#include "smime/base64.hpp"
#include "smime/cms.hpp"
#include "smime/header.hpp"

namespace smime {

using keystore::BytesView;

namespace {

BytesView octets_of(std::string_view text) {
    return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

/// A signature that can't even be read.
CheckedSigner malformed() {
    CheckedSigner signer;
    signer.candidates.emplace_back();
    return signer;
}

/// The octets of the entity that holds a signature; made keeps those that had to be decoded.
std::optional<BytesView> octets_of(const Entity& signature, keystore::SecretBytes& made) {
    switch (signature.transfer_encoding) {
        case TransferEncoding::identity:
            return octets_of(signature.body);
        case TransferEncoding::base64:
            made = decode_base64(signature.body).octets;
            return made.expose();
        case TransferEncoding::quoted_printable:
            made = decode_quoted_printable(signature.body).octets;
            return made.expose();
        case TransferEncoding::unknown:
            break;
    }
    return std::nullopt;
}

/// True if what the layer holds is, octet for octet, what its signers signed, whoever they are.
bool is_intact(const std::vector<SignerFacts>& signers) {
    return !signers.empty() && std::ranges::all_of(signers, [](const SignerFacts& signer) {
        return signer.integrity == Integrity::intact && !signer.weak;
    });
}

}  // namespace

SignatureReview::SignatureReview(const SignaturePolicy& policy,
                                 std::optional<keystore::Certificate::Time> at,
                                 const keystore::Keystore& keys) {
    if (at && policy.trust) verifier_.emplace(policy, *at, keys);
}

void SignatureReview::look_at(const SignedData& signed_data, BytesView content, std::size_t layer) {
    if (!is_asked_for() || !signed_data.has_signers) return;
    auto octets = SignedContent::opaque(content);
    signatures_.push_back({layer, false, true, verifier_->check(signed_data, octets)});
}

void SignatureReview::look_at(const MultipartSigned& parts, std::size_t layer) {
    if (!is_asked_for()) return;
    Signature& entry = signatures_.emplace_back();
    entry.layer = layer;
    entry.is_all = !parts.has_more;
    keystore::SecretBytes made;
    const auto octets = octets_of(parts.signature, made);
    const auto info = octets ? ContentInfo::read(*octets) : Result<ContentInfo>{Error::malformed};
    const bool is_signed_data =
        info && cms_content_type(info->content_type) == CmsContentType::signed_data;
    const auto signed_data =
        is_signed_data ? SignedData::read(info->content) : Result<SignedData>{Error::malformed};
    if (!signed_data) {
        entry.signers.push_back(malformed());
        return;
    }
    auto beside = SignedContent::detached(octets_of(parts.content));
    entry.two_contents = signed_data->e_content.has_value();
    entry.signers = verifier_->check(*signed_data, beside);
}

void SignatureReview::conclude(std::string_view header, Report& report) const {
    const bool has_signers =
        std::ranges::any_of(report.layers, [](const Layer& layer) { return layer.has_signers; });
    if (!is_asked_for()) {
        if (!has_signers) return;
        report.signature = "not-verified";
        if (report.error) return;
        report.verdict = Verdict::neutral;
        report.reason = "not-verified";
        return;
    }
    const auto& came = verifier_->certificates();
    report.certificates.insert(report.certificates.end(), came.begin(), came.end());
    const Author author = Author::read(header);
    const bool ambiguous = !has_plain_fields(header);
    Judgement judgement;
    for (const Signature& signature : signatures_) {
        Layer& layer = report.layers[signature.layer];
        layer.signers.clear();
        const auto inner =
            report.layers.cbegin() + static_cast<std::ptrdiff_t>(signature.layer) + 1;
        // Whoever signs what is encrypted need not know what it says (SIG-10).
        const bool over_ciphertext = std::any_of(inner, report.layers.cend(), may_encrypt);
        SignatureFacts facts{!over_ciphertext, signature.two_contents, {}, ambiguous};
        for (const CheckedSigner& checked : signature.signers) {
            auto [signer, shown] = verifier_->judge(checked, author);
            if (over_ciphertext && shown.verdict == Verdict::pass) {
                shown.verdict = Verdict::none;
                shown.reason = "outer-signature";
            }
            facts.signers.push_back(signer);
            layer.signers.push_back(std::move(shown));
        }
        layer.intact = signature.is_all && !signature.two_contents && is_intact(facts.signers);
        if (!facts.signers.empty()) judgement = verdict_of(facts);  // the innermost counts
    }
    report.signature = word(judgement.verdict);
    report.signature_reason = judgement.reason;
    if (report.error) return;
    report.verdict = judgement.verdict;
    report.reason = judgement.reason;
}

}  // namespace smime
