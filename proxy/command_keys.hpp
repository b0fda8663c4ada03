#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "proxy/config.hpp"

/// `paperknife keys …`: the owner's keys, and whom the owner believes (design, chapter 9). Each
/// gives the exit status: 0 done, 1 something was refused or is not there. Throw ConfigError,
/// keystore::KeyFileError, and std::runtime_error if a file can't be read or written.
namespace proxy {

/// What `keys list` was told.
struct KeysListArguments {
    bool json = false;
    bool unlock = false;  ///< a person may be asked for passphrases
};

/// Shows own keys, anchors, intermediates, CRLs and pins.
int command_keys_list(const Config& config, const KeysListArguments& arguments);

/// Puts a copy of key files into the key directory, if they can be used as the configuration says.
/// name: for one file, its name there.
int command_keys_import(const Config& config, const std::vector<std::string>& files,
                        const std::string& name);

/// Moves files out of the key directory, or of a folder of anchors, intermediates or CRLs, into the
/// folder "removed" within it.
int command_keys_remove(const Config& config, const std::vector<std::string>& names);

/// What `keys trust` was told.
struct KeysTrustArguments {
    std::vector<std::string> files;
    bool intermediate = false;  ///< candidates for paths, not anchors
    bool yes = false;           ///< nobody is asked
};

/// Adds CA certificates to the owner's anchors, or to the intermediates.
int command_keys_trust(const Config& config, const KeysTrustArguments& arguments);

/// Shows what to write into the configuration so that mail from an address is signed by the
/// certificate of a file and no other; one that nobody else issued becomes an anchor, for itself.
int command_keys_pin(const Config& config, const std::string& address, const std::string& file,
                     bool yes);

/// Writes a certificate of one's own as PEM, for others to encrypt to, to standard output or to a
/// new file. which: its file, address or fingerprint; may be empty if there is one.
int command_keys_export_cert(const Config& config, const std::string& which,
                             const std::filesystem::path& output);

/// Adds the intermediates that came with messages to the owner's, if they lead to an anchor.
int command_keys_harvest(const Config& config, const std::vector<std::string>& messages);

/// Says on standard error why something was not done, in one line.
void refuse(const std::string& text);

/// Says how a running service gets to know what was changed, and before, if it is not empty, what
/// to write into the configuration.
void tell_how_to_apply(const std::string& hint);

}  // namespace proxy
