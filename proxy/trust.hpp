#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "keystore/system_trust.hpp"
#include "keystore/trust.hpp"
#include "keystore/trust_files.hpp"
#include "proxy/config.hpp"

namespace proxy {

/// TrustSources is whom the configuration believes ([verify]), each with the file that says so.
struct TrustSources {
    std::vector<keystore::TrustFile> anchors;
    std::optional<keystore::SystemTrust> system;
    std::vector<keystore::TrustFile> intermediates;
    std::vector<keystore::TrustFile> certificate_lists;

    /// What could not be read of files that are there: "config.toml:12:10: verify.crls: FILE: …".
    std::vector<std::string> problems;

    /// Throws keystore::KeyFileError that names file, line and key of the configuration, and the
    /// place that can't be read.
    static TrustSources read(const Config& config);

    keystore::Trust trust() const;
};

/// The same for whoever verifies signatures; null if they are not verified.
std::shared_ptr<const keystore::Trust> load_trust(const Config& config,
                                                  std::vector<std::string>& problems);

}  // namespace proxy
