#include "proxy/trust.hpp"

#include <array>
#include <iterator>

#include "keystore/key_file_error.hpp"
#include "keystore/trust_files.hpp"

namespace proxy {
namespace {

/// Where distributions keep the bundle of CAs (Debian, Fedora, Alpine, SUSE).
constexpr std::array system_bundles{"/etc/ssl/certs/ca-certificates.crt",
                                    "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/cert.pem",
                                    "/etc/ssl/ca-bundle.pem"};

std::filesystem::path system_bundle() {
    std::error_code ignored;
    for (const auto* bundle : system_bundles)
        if (std::filesystem::exists(bundle, ignored)) return bundle;
    throw keystore::KeyFileError{
        "verify.trust: this system has no bundle of certificates; install ca-certificates, or name "
        "files"};
}

keystore::TrustFiles read(const std::vector<std::filesystem::path>& places,
                          std::vector<std::string>& problems) {
    keystore::TrustFiles files;
    for (const auto& place : places) files.add(place);
    problems.insert(problems.end(), files.problems.begin(), files.problems.end());
    return files;
}

template <class T>
void append(std::vector<T>& to, std::vector<T>& from) {
    to.insert(to.end(), std::make_move_iterator(from.begin()), std::make_move_iterator(from.end()));
}

}  // namespace

std::shared_ptr<const keystore::Trust> load_trust(const Config& config,
                                                  std::vector<std::string>& problems) {
    const auto& verify = config.verify;
    if (!verify.enabled) return nullptr;
    auto places = verify.trust;
    if (verify.system_trust) places.push_back(system_bundle());
    auto anchors = read(places, problems);
    auto intermediates = read(verify.intermediates, problems);
    auto lists = read(verify.crls, problems);

    auto trust = std::make_shared<keystore::Trust>();
    trust->anchors = std::move(anchors.certificates);
    trust->intermediates = std::move(intermediates.certificates);
    for (auto* files : {&anchors, &intermediates, &lists})
        append(trust->certificate_lists, files->certificate_lists);
    // A CA that issues CRLs by a certificate of its own puts that beside them.
    append(trust->intermediates, lists.certificates);
    return trust;
}

}  // namespace proxy
