#include "proxy/command_check_trust.hpp"

#include <algorithm>

#include "keystore/anchor.hpp"
#include "keystore/key_file_error.hpp"
#include "keystore/signature_checks.hpp"
#include "proxy/certificate_text.hpp"
#include "proxy/limits.hpp"
#include "proxy/trust.hpp"

namespace proxy {
namespace {

using keystore::Certificate;
using keystore::CertificateList;
using keystore::TrustFile;

std::string name_of(const TrustFile& file, const std::string& what) {
    return "[verify] " + file.path.string() + ": " + what;
}

/// What stands in a file that is meant for anchors.
void check_anchor(const TrustFile& file, const Certificate& anchor, Findings& findings) {
    const auto now = this_second();
    const auto name = name_of(file, whose(anchor));
    if (anchor.not_after < now) {
        findings.note(name + " has expired on " + day_text(anchor.not_after) +
                      ": new mail below it is not believed; replace it");
    } else if (is_about_to_end(anchor.not_after)) {
        findings.note(name + " ends on " + day_text(anchor.not_after) +
                      ": ask whoever runs it for the next one");
    }
    // One person's certificate may be an anchor for itself.
    const bool of_person = !keystore::is_certificate_authority(anchor) && !anchor.addresses.empty();
    const auto at =
        std::clamp(now, anchor.not_before, std::max(anchor.not_before, anchor.not_after));
    const auto problem = keystore::anchor_problem(anchor, at);
    if (!of_person && !problem.empty())
        findings.note(name + " " + problem + "; nobody is believed through it: take it out");
}

void check_intermediate(const TrustFile& file, const Certificate& certificate, Findings& findings) {
    const auto name = name_of(file, whose(certificate));
    if (!keystore::is_certificate_authority(certificate)) {
        findings.note(name + " is no CA: it leads nowhere; take it out");
    } else if (is_about_to_end(certificate.not_after)) {
        findings.note(name + " ends on " + day_text(certificate.not_after) +
                      ": keep it for old mail, and add the next one");
    }
}

/// CrlCheck looks at lists of revoked certificates, which are of use only if they are fresh and of
/// a CA that we know.
class CrlCheck {
public:
    CrlCheck(const Config& config, const keystore::Trust& trust, Findings& findings)
        : required_{config.verify.revocation == keystore::RevocationPolicy::require},
          trust_{trust},
          findings_{findings} {}

    void check(const TrustFile& file, const CertificateList& list) {
        const auto name = name_of(file, "the list of " + list.issuer_text());
        check_time(name, list);
        if (!list.is_understood())
            complain(name + " has an extension that is not known here: it is not looked at");
        check_issuer(name, list);
    }

private:
    void complain(const std::string& text) {
        required_ ? findings_.problem(text) : findings_.note(text);
    }

    void check_time(const std::string& name, const CertificateList& list) {
        const auto now = this_second();
        const auto end = list.next_update();
        if (list.this_update() > now)
            return complain(name + " is from the future (" + day_text(list.this_update()) +
                            "); look at this machine's clock");
        if (!end) return;
        if (*end < now)
            return complain(name + " has expired on " + day_text(*end) +
                            ": nobody knows what was revoked since; fetch a new one");
        // A list of a week is no news every day of it.
        const auto notice =
            std::min<std::chrono::seconds>(limits::end_notice, (*end - list.this_update()) / 4);
        if (*end - now < notice)
            findings_.note(name + " ends on " + day_text(*end) + "; fetch a new one by then");
    }

    void check_issuer(const std::string& name, const CertificateList& list) {
        bool named = false;
        for (const auto* certificates : {&trust_.anchors, &trust_.intermediates})
            for (const auto& certificate : *certificates) {
                if (certificate.subject_name != list.issuer()) continue;
                named = true;
                const auto outcome = checks_.check(list, certificate);
                if (outcome == keystore::SignatureChecks::Outcome::good) return;
            }
        if (named)
            return complain(name + " is signed by none of the certificates of that name: " +
                            "it is not believed; take it out");
        findings_.note(name + " is of nobody among trust and intermediates: it counts only for " +
                       "messages that bring its CA's certificate");
    }

    // Some hundred CAs of one name, of the slowest keys.
    static constexpr std::size_t most_checks = 1000;
    static constexpr std::uint64_t longest = 10'000'000;

    const bool required_;
    const keystore::Trust& trust_;
    Findings& findings_;
    keystore::SignatureBudget budget_{most_checks, longest};
    keystore::SignatureChecks checks_{budget_};
};

void check_lists(const Config& config, const TrustSources& sources, const keystore::Trust& trust,
                 Findings& findings) {
    if (config.verify.revocation == keystore::RevocationPolicy::off) {
        if (!config.verify.crls.empty())
            findings.note("[verify] revocation = \"off\": the lists of crls are not looked at");
        return;
    }
    CrlCheck check{config, trust, findings};
    for (const auto* files : {&sources.anchors, &sources.intermediates, &sources.certificate_lists})
        for (const auto& file : *files)
            for (const auto& list : file.certificate_lists) check.check(file, list);
}

}  // namespace

bool is_about_to_end(std::chrono::sys_seconds not_after) {
    const auto now = this_second();
    return not_after >= now && not_after - now < limits::end_notice;
}

void check_trust(const Config& config, Findings& findings) {
    if (!config.verify.enabled) {
        findings.note("[verify] enabled = false: no signature is verified");
        return;
    }
    TrustSources sources;
    try {
        sources = TrustSources::read(config);
    } catch (const keystore::KeyFileError& error) {
        findings.problem(error.what());
        return;
    }
    for (const auto& problem : sources.problems) findings.problem(problem);
    const auto trust = sources.trust();
    if (trust.anchors.empty()) {
        findings.note(
            "[verify] trust names no certificate: every signature is \"untrusted\"; "
            "paperknife keys trust FILE adds one");
        return;
    }
    findings.ok("[verify] certificates that are believed: " + std::to_string(trust.anchors.size()) +
                ", intermediates: " + std::to_string(trust.intermediates.size()) +
                ", CRLs: " + std::to_string(trust.certificate_lists.size()));
    if (sources.system && !sources.system->knows_purposes)
        findings.note(config.verify.system_trust->where +
                      ": \"system\": this system's list does not say which CAs are for mail: all " +
                      "that it has for web sites are believed");
    for (const auto& file : sources.anchors)
        for (const auto& anchor : file.certificates) check_anchor(file, anchor, findings);
    for (const auto& file : sources.intermediates)
        for (const auto& certificate : file.certificates)
            check_intermediate(file, certificate, findings);
    check_lists(config, sources, trust, findings);
}

}  // namespace proxy
