#include <algorithm>
#include <cstdio>

#include "keystore/anchor.hpp"
#include "keystore/path.hpp"
#include "proxy/account_state.hpp"
#include "proxy/certificate_text.hpp"
#include "proxy/command_keys.hpp"
#include "proxy/limits.hpp"
#include "proxy/log.hpp"
#include "proxy/message_file.hpp"
#include "proxy/trust.hpp"
#include "proxy/trust_folder.hpp"
#include "proxy/unlock.hpp"

// Intermediates of earlier mail help with later mail that brings none. Were they remembered while
// mail is read, what a message's signature is worth would depend on which others were read before:
// on the order of a client's commands, on when the service began. But a view never changes and is a
// function of the message, the keys, the policy and its time alone (design, promise 2). So they
// become part of the policy, by the owner's own act, and never anchors.

namespace proxy {
namespace {

using keystore::Certificate;

bool is_in(const std::vector<Certificate>& certificates, const Certificate& one) {
    return std::any_of(certificates.begin(), certificates.end(),
                       [&](const Certificate& other) { return other.der == one.der; });
}

/// True if it leads to an anchor at some time of its validity: strangers' certificates lead
/// nowhere.
bool leads_on(const Certificate& certificate, const keystore::Trust& trust,
              const std::vector<Certificate>& beside, keystore::RevocationPolicy revocation,
              keystore::SignatureBudget& budget) {
    const auto at = std::clamp(this_second(), certificate.not_before,
                               std::max(certificate.not_before, certificate.not_after));
    keystore::PathRequest request{certificate, trust, at, revocation, beside};
    request.key_usage = keystore::CertificateExtensions::key_cert_sign;
    return keystore::find_path(request, budget).status == keystore::PathStatus::valid;
}

struct Harvest {
    const keystore::Trust& trust;
    const TrustFolder& folder;
    std::size_t added = 0, known = 0;

    void take(const std::vector<Certificate>& certificates, keystore::RevocationPolicy revocation) {
        keystore::SignatureBudget budget;
        for (const auto& certificate : certificates) {
            if (!keystore::is_certificate_authority(certificate) || certificate.is_self_issued())
                continue;
            if (is_in(trust.intermediates, certificate) || is_in(trust.anchors, certificate) ||
                !folder.file_with(certificate).empty()) {
                ++known;
                continue;
            }
            if (!leads_on(certificate, trust, certificates, revocation, budget)) continue;
            std::printf("Added: %s\n", log::one_line(folder.add(certificate).string()).c_str());
            std::fputs(certificate_text(certificate, this_second()).c_str(), stdout);
            ++added;
        }
    }
};

/// How many files the folder can still take.
std::size_t room_in(const std::filesystem::path& folder) {
    std::error_code error;
    std::size_t files = 0;
    for (std::filesystem::directory_iterator entry{folder, error}, end; !error && entry != end;
         entry.increment(error))
        ++files;
    return files < limits::harvested ? limits::harvested - files : 0;
}

}  // namespace

int command_keys_harvest(const Config& config, const std::vector<std::string>& messages) {
    std::vector<keystore::KeyFileReport> reports;
    const auto keys = load_keystore(config, true, reports);
    std::vector<std::string> problems;
    auto settings = smime_settings(config, load_trust(config, problems));
    for (const auto& problem : problems) refuse(problem);
    if (!settings.signatures.trust || settings.signatures.trust->anchors.empty()) {
        refuse("[verify] trust names nobody: nothing can lead to an anchor; see keys trust");
        return 1;
    }
    settings.signatures.keeps_certificates = true;
    const auto folder = TrustFolder::of_intermediates(config);
    Harvest harvest{*settings.signatures.trust, folder};
    for (const auto& name : messages) {
        if (room_in(folder.path) == 0) {
            refuse(folder.path.string() + " is full; take out what is not needed");
            return 1;
        }
        const MessageFile message{name};
        const auto opened = smime::open(message.of_network(), keys, settings, this_second());
        harvest.take(opened.report.certificates, config.verify.revocation);
    }
    std::printf("%zu added, %zu known already, of %zu messages\n", harvest.added, harvest.known,
                messages.size());
    if (harvest.added > 0) tell_how_to_apply(folder.hint);
    return 0;
}

}  // namespace proxy
