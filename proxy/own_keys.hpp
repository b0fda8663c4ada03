#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "keystore/certificate.hpp"
#include "proxy/config.hpp"

namespace proxy {

/// OwnKey is one file of the key directory, as its owner is told of it.
struct OwnKey {
    struct Held {
        keystore::Certificate certificate;
        std::string key;  ///< "rsa 2048 bits"; empty if its private key was not looked at
    };
    std::filesystem::path file;
    bool locked = false;  ///< its passphrase was not asked for
    bool usable = false;
    bool without_passphrase = false;
    std::string problem;     ///< what is wrong, or what to know, and what to do
    std::vector<Held> held;  ///< of a locked file what stands there for everyone to read
};

/// The files of the configured key directory. Passphrases are had as the configuration says, but
/// asks: if a person may be asked. Throws keystore::KeyFileError if the directory can't be used,
/// and ConfigError.
std::vector<OwnKey> own_keys(const Config& config, bool asks);

}  // namespace proxy
