#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "keystore/identity.hpp"
#include "keystore/key_file_error.hpp"

namespace keystore {

/// Asked for the passphrase of a key file. An empty optional: none is to be had.
using AskPassphrase = std::function<std::optional<SecretBytes>(const std::filesystem::path& file)>;

/// What became of one file of the key directory, for `check` and `keys list`.
struct KeyFileReport {
    std::filesystem::path file;
    bool usable = false;
    bool without_passphrase = false;  ///< its private key stands in the clear
    std::string problem;  ///< what is wrong and what to do, if not usable (or a warning)
};

/// Keystore holds the owner's identities. Immutable once loaded, shared as const&.
class Keystore {
public:
    Keystore() = default;

    /// Reads every key file of a directory: .p12/.pfx, .pem with key and certificates together,
    /// NAME.key beside NAME.crt. The directory and the files must be the user's own and closed to
    /// others, or KeyFileError is thrown. A file that can't be used is reported and skipped; one
    /// bad file never costs the others. ask is called only for files that need a passphrase, and
    /// again never for the same file.
    static Keystore load(const std::filesystem::path& directory, const AskPassphrase& ask,
                         std::vector<KeyFileReport>& reports);

    /// For tests and tools: from what is in memory.
    explicit Keystore(std::vector<Identity> identities);

    const std::vector<Identity>& identities() const { return identities_; }

    /// Every identity that a message's recipient names; two certificates may share a subject key
    /// identifier.
    std::vector<const Identity*> identities_matching(const RecipientIdentifier& identifier) const;

private:
    std::vector<Identity> identities_;
};

}  // namespace keystore
