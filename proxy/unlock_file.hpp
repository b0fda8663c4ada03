#pragma once

#include <filesystem>

#include "keystore/secret.hpp"

namespace proxy {

/// The first line of a file. Throws ConfigError if the file is not the user's own, open to others,
/// empty or not to be read (KEY-01).
keystore::SecretBytes passphrase_from_file(const std::filesystem::path& file);

}  // namespace proxy
