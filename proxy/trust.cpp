#include "proxy/trust.hpp"

#include <utility>

#include "keystore/key_file_error.hpp"

namespace proxy {
namespace {

/// One key's files and folders. What is wrong names the line that brought us there.
std::vector<keystore::TrustFile> read_places(const std::vector<NamedPath>& places,
                                             std::vector<std::string>& problems) {
    keystore::TrustFiles read;
    for (const auto& place : places) {
        const auto before = read.files.size();
        try {
            read.add(place.path);
        } catch (const keystore::KeyFileError& error) {
            throw keystore::KeyFileError{place.where + ": " + error.what()};
        }
        for (auto i = before; i < read.files.size(); ++i)
            for (const auto& problem : read.files[i].problems)
                problems.push_back(place.where + ": " + read.files[i].path.string() + ": " +
                                   problem);
    }
    return std::move(read.files);
}

template <class T>
void append(std::vector<T>& to, const std::vector<T>& from) {
    to.insert(to.end(), from.begin(), from.end());
}

}  // namespace

TrustSources TrustSources::read(const Config& config) {
    const auto& verify = config.verify;
    TrustSources sources;
    sources.anchors = read_places(verify.trust, sources.problems);
    if (verify.system_trust) {
        try {
            sources.system = keystore::SystemTrust::read();
        } catch (const keystore::KeyFileError& error) {
            throw keystore::KeyFileError{verify.system_trust->where + ": " + error.what()};
        }
    }
    sources.intermediates = read_places(verify.intermediates, sources.problems);
    sources.certificate_lists = read_places(verify.crls, sources.problems);
    return sources;
}

keystore::Trust TrustSources::trust() const {
    keystore::Trust trust;
    for (const auto& file : anchors) append(trust.anchors, file.certificates);
    if (system) append(trust.anchors, system->anchors);
    for (const auto& file : intermediates) append(trust.intermediates, file.certificates);
    // A CA that issues CRLs by a certificate of its own puts that beside them.
    for (const auto& file : certificate_lists) append(trust.intermediates, file.certificates);
    for (const auto* files : {&anchors, &intermediates, &certificate_lists})
        for (const auto& file : *files) append(trust.certificate_lists, file.certificate_lists);
    return trust;
}

std::shared_ptr<const keystore::Trust> load_trust(const Config& config,
                                                  std::vector<std::string>& problems) {
    if (!config.verify.enabled) return nullptr;
    const auto sources = TrustSources::read(config);
    problems.insert(problems.end(), sources.problems.begin(), sources.problems.end());
    return std::make_shared<const keystore::Trust>(sources.trust());
}

}  // namespace proxy
