#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "keystore/descriptor.hpp"
#include "keystore/key_file_error.hpp"
#include "keystore/secret.hpp"

namespace keystore {

/// KeyDirectory is the owner's directory of key files, once it is known to be the owner's own and
/// closed to others (KEY-01). Files are judged and read through one descriptor, so that nobody can
/// change one for another in between; a symbolic link is judged by what it leads to.
class KeyDirectory {
public:
    /// Throws KeyFileError that says what to do.
    explicit KeyDirectory(std::filesystem::path path);

    const std::filesystem::path& path() const { return path_; }

    /// The names of the files in it, sorted; hidden ones left out.
    std::vector<std::string> names() const;

    /// Private keys nobody else may read; what is public nobody else may write.
    enum class Content { secret, is_public };

    /// Reads a file of it. Throws KeyFileError.
    SecretBytes read(const std::string& name, Content content) const;

private:
    std::filesystem::path path_;
    Descriptor descriptor_;
};

}  // namespace keystore
