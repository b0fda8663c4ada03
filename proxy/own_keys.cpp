#include "proxy/own_keys.hpp"

#include <algorithm>
#include <set>

#include "keystore/key_directory.hpp"
#include "keystore/pem.hpp"
#include "proxy/unlock.hpp"

namespace proxy {
namespace {

namespace fs = std::filesystem;

/// The certificates of a file that needs no passphrase to read them: PEM seals the key alone.
std::vector<keystore::Certificate> public_certificates(const fs::path& file) {
    std::vector<keystore::Certificate> certificates;
    try {
        const keystore::KeyDirectory directory{file.parent_path()};
        const auto octets =
            directory.read(file.filename().string(), keystore::KeyDirectory::Content::is_public);
        for (const auto& block : keystore::read_pem(octets.expose_text())) {
            if (block.label != "CERTIFICATE" && block.label != "X509 CERTIFICATE") continue;
            if (auto certificate = keystore::Certificate::parse(block.octets.expose()))
                certificates.push_back(std::move(*certificate));
        }
    } catch (const keystore::KeyFileError&) {
        return {};  // the report says what is wrong with the file
    }
    return certificates;
}

std::vector<keystore::Certificate> readable_certificates(const fs::path& file) {
    auto certificates = public_certificates(file);
    const bool is_key = file.extension() == ".key";
    if (is_key && certificates.empty())
        certificates = public_certificates(fs::path{file}.replace_extension(".crt"));
    return certificates;
}

}  // namespace

std::vector<OwnKey> own_keys(const Config& config, bool asks) {
    if (!config.keystore.directory) return {};
    const auto& unlock = config.keystore.unlock;
    std::vector<keystore::KeyFileReport> reports;
    std::set<fs::path> locked;
    const auto nobody = [&](const fs::path& file) -> std::optional<keystore::SecretBytes> {
        locked.insert(file);
        return std::nullopt;
    };
    const bool is_had = asks || unlock.command || unlock.file;
    const auto keystore =
        is_had ? load_keystore(config, asks, reports)
               : keystore::Keystore::load(*config.keystore.directory, nobody, reports);
    std::vector<OwnKey> keys;
    for (auto& report : reports) {
        OwnKey& key = keys.emplace_back();
        key.file = report.file;
        key.locked = !report.usable && locked.count(report.file) > 0;
        key.usable = report.usable;
        key.without_passphrase = report.without_passphrase;
        if (!key.locked) key.problem = std::move(report.problem);
        for (const auto& identity : keystore.identities())
            if (identity.source() == report.file.string())
                key.held.push_back({identity.certificate(), identity.key_text()});
        if (!key.held.empty()) continue;
        for (auto& certificate : readable_certificates(report.file))
            key.held.push_back({std::move(certificate), {}});
    }
    return keys;
}

}  // namespace proxy
