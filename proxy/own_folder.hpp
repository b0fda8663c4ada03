#pragma once

#include <filesystem>
#include <string>

#include "keystore/secret.hpp"

namespace proxy {

/// OwnFolder is a folder of the owner's keys or certificates, which is made if it is not there, for
/// nobody else to look into. Nothing in it is ever overwritten or deleted: old keys open old mail.
class OwnFolder {
public:
    /// Throws std::runtime_error if it can't be had.
    explicit OwnFolder(std::filesystem::path path);

    const std::filesystem::path& path() const { return path_; }

    /// Adds a file that is there as a whole or not at all, and nobody else may read. Throws
    /// std::runtime_error, also if there is one of this name.
    std::filesystem::path add(const std::string& name, keystore::BytesView octets) const;

    /// Moves a file into the folder "removed" within, which is never read, and says where it is
    /// now.
    std::filesystem::path move_aside(const std::string& name) const;

private:
    std::filesystem::path path_;
};

}  // namespace proxy
