#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "keystore/certificate.hpp"
#include "proxy/config.hpp"

namespace proxy {

/// TrustFolder is the folder that the program itself adds anchors or intermediates to: the first
/// that the configuration's list names, or one beside the configuration, named as the key is.
struct TrustFolder {
    std::filesystem::path path;
    std::string hint;  ///< what to write into the configuration; empty if it names the folder

    static TrustFolder of_anchors(const Config& config);
    static TrustFolder of_intermediates(const Config& config);

    /// The file in it that holds a certificate, whatever its name; an empty path if none does.
    std::filesystem::path file_with(const keystore::Certificate& certificate) const;
    /// Adds a certificate as a file of its own. Throws std::runtime_error.
    std::filesystem::path add(const keystore::Certificate& certificate) const;
};

}  // namespace proxy
