#include <algorithm>
#include <cstdio>

#include "keystore/anchor.hpp"
#include "keystore/pem.hpp"
#include "proxy/certificate_text.hpp"
#include "proxy/command_keys.hpp"
#include "proxy/own_folder.hpp"
#include "proxy/own_keys.hpp"

namespace proxy {
namespace {

using keystore::Certificate;

/// Enough to mean one.
constexpr std::size_t shortest_fingerprint = 8;

struct Own {
    std::filesystem::path file;
    const Certificate* certificate = nullptr;
};

std::string lower(std::string text) {
    for (char& c : text)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return text;
}

bool is_meant(const Own& own, const std::string& which) {
    if (which.empty() || own.file.filename() == which) return true;
    const auto word = lower(which);
    const auto& addresses = own.certificate->addresses;
    if (std::any_of(addresses.begin(), addresses.end(),
                    [&](const std::string& address) { return lower(address) == word; }))
        return true;
    std::string digits = word.starts_with("sha256:") ? word.substr(7) : word;
    std::erase(digits, ':');
    return digits.size() >= shortest_fingerprint &&
           keystore::fingerprint_text(own.certificate->der).substr(7).starts_with(digits);
}

bool is_valid(const Own& own) {
    const auto now = this_second();
    return own.certificate->not_before <= now && own.certificate->not_after >= now;
}

}  // namespace

int command_keys_export_cert(const Config& config, const std::string& which,
                             const std::filesystem::path& output) {
    auto keys = own_keys(config, false);
    // A sealed certificate is worth a question.
    if (std::any_of(keys.begin(), keys.end(),
                    [](const OwnKey& key) { return key.locked && key.held.empty(); }))
        keys = own_keys(config, true);
    std::vector<Own> meant;
    for (const auto& key : keys)
        for (const auto& held : key.held)
            if (const Own own{key.file, &held.certificate}; is_meant(own, which))
                meant.push_back(own);
    // Others should use what is valid, if anything is.
    if (std::any_of(meant.begin(), meant.end(), is_valid))
        std::erase_if(meant, [](const Own& own) { return !is_valid(own); });
    if (meant.empty()) {
        refuse(which.empty() ? "there is no certificate of yours"
                             : "there is no certificate of yours with the file, address or "
                               "fingerprint \"" +
                                   which + "\"; keys list shows what there is");
        return 1;
    }
    if (meant.size() > 1) {
        refuse("there is more than one; name the file, or the fingerprint:");
        for (const auto& own : meant)
            refuse("  " + own.file.filename().string() + ": " + whose(*own.certificate) +
                   ", until " + day_text(own.certificate->not_after) + ", " +
                   keystore::fingerprint_text(own.certificate->der));
        return 1;
    }
    const auto& certificate = *meant.front().certificate;
    const auto text = keystore::write_pem("CERTIFICATE", certificate.der);
    if (!is_valid(meant.front())) refuse("note: it is not valid now; nobody should use it");
    if (output.empty()) {
        std::fputs(text.c_str(), stdout);
        return 0;
    }
    const auto path = std::filesystem::absolute(output);
    OwnFolder{path.parent_path()}.add(
        path.filename().string(),
        {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
    return 0;
}

}  // namespace proxy
