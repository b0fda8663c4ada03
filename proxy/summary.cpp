#include "proxy/summary.hpp"

#include <array>
#include <string_view>

#include "proxy/log.hpp"

namespace proxy {
namespace {

struct Explanation {
    std::string_view reason;
    std::string_view text;
};

/// Of every word that a reason can be. What has none explains itself.
constexpr std::array explanations{
    Explanation{"not-verified", "nobody looked at it"},
    Explanation{"malformed", "it is not built as it must be"},
    Explanation{"too-complex", "looking at it would take longer than the limits allow"},
    Explanation{"unsupported-content", "it is of a kind that is not opened"},
    Explanation{"legacy-algorithm", "its cipher is weak; [decrypt] legacy = true opens it"},
    Explanation{"no-matching-recipient", "it is encrypted for none of the keys"},
    Explanation{"decryption-failed", "it is damaged, or made for another key"},
    Explanation{"ambiguous-mime", "its header can be read in two ways"},
    Explanation{"errant-layer", "a part of it is encrypted, and was not opened"},
    Explanation{"no-certificate", "the signer's certificate is not there"},
    Explanation{"unsupported-algorithm", "it uses an algorithm that is not known here"},
    Explanation{"weak-algorithm", "its algorithm or key proves nothing today"},
    Explanation{"bad-attributes", "its signed attributes break the rules"},
    Explanation{"stripped-attributes", "it was made over something else and replayed"},
    Explanation{"algorithm-mismatch", "it names two algorithms for one thing"},
    Explanation{"certificate-mismatch", "the signer meant another certificate"},
    Explanation{"digest-mismatch", "the text was changed after it was signed"},
    Explanation{"bad-signature", "the signature is not this signer's"},
    Explanation{"two-contents", "it signs another text than the one that shows"},
    Explanation{"outer-signature",
                "it signs what is encrypted: whoever passed it on, not who wrote"},
    Explanation{"untrusted", "no chain of certificates leads to one that you trust"},
    Explanation{"expired", "a certificate had expired"},
    Explanation{"not-yet-valid", "a certificate was not valid yet"},
    Explanation{"basic-constraints", "a certificate was issued by one that may not issue any"},
    Explanation{"key-usage", "a certificate is not for signing mail"},
    Explanation{"extended-key-usage", "a certificate is not for mail"},
    Explanation{"name-constraints", "a certificate names whom its issuer may not name"},
    Explanation{"policy", "the certificates' policies forbid it"},
    Explanation{"unknown-critical-extension", "a certificate demands what is not known here"},
    Explanation{"revoked", "a certificate was revoked"},
    Explanation{"revocation-not-checked", "nobody knows whether a certificate was revoked"},
    Explanation{"unbound-address",
                "the certificate is not for the address that it claims to be from"},
    Explanation{"multiple-from", "it claims to be from more than one"},
    Explanation{"display-name", "the name that it shows is another address"},
    Explanation{"pin", "you have pinned another certificate to this address"},
    Explanation{"date", "it was signed at another time than it claims to be written"},
    Explanation{"list-modified",
                "a mailing list has put the signed part into a message of its own"},
};

/// "policy: untrusted (no chain …)"
std::string judgement(std::string_view verdict, std::string_view reason) {
    std::string text{verdict};
    if (reason.empty()) return text;
    text.append(": ").append(reason);
    for (const Explanation& explanation : explanations)
        if (explanation.reason == reason) text.append(" (").append(explanation.text).append(")");
    return text;
}

void add_line(std::string& text, std::string_view name, const std::string& value) {
    if (value.empty()) return;
    text.append(name).append(": ").append(log::one_line(value)).append("\n");
}

void add_signer(std::string& text, const smime::Signer& signer) {
    add_line(text, "  signed by", signer.address.empty() ? signer.subject : signer.address);
    add_line(text, "    verdict", judgement(smime::word(signer.verdict), signer.reason));
    add_line(text, "    certificate of", signer.subject);
    add_line(text, "    issued by", signer.issuer);
    if (signer.valid) {
        add_line(text, "    valid",
                 smime::time_text(signer.valid->first) + " to " +
                     smime::time_text(signer.valid->second));
    }
    if (signer.revocation) {
        add_line(text, "    revocation", std::string{smime::word(*signer.revocation)});
    }
    if (signer.signing_time) {
        add_line(text, "    signed at",
                 smime::time_text(*signer.signing_time) + ", as the signer says");
    }
    if (signer.date) {
        add_line(text, "    written at",
                 smime::time_text(*signer.date) + ", as the Date field says");
    }
    add_line(text, "    by", signer.digest + ", " + signer.signature);
}

}  // namespace

std::string summary(const smime::Report& report) {
    std::string text;
    add_line(text, "verdict", judgement(smime::word(report.verdict), report.reason));
    add_line(text, "encryption", std::string{smime::word(report.encryption)});
    for (const smime::Layer& layer : report.layers) {
        std::string words = layer.type + ", " + layer.result;
        for (const auto& word : {layer.content_encryption, layer.key_management})
            if (!word.empty()) words += ", " + word;
        add_line(text, "layer", words);
        for (const smime::Signer& signer : layer.signers) add_signer(text, signer);
    }
    for (const smime::ErrantLayer& errant : report.errant) {
        add_line(text, "part " + errant.part, errant.type + ", " + errant.result);
        for (const smime::Signer& signer : errant.signers) add_signer(text, signer);
    }
    return text;
}

}  // namespace proxy
