#pragma once

#include <chrono>
#include <string>

#include "keystore/secret.hpp"

namespace proxy {

/// The first line that a command prints, run by /bin/sh. It gets no input and none of our
/// descriptors; its errors appear among ours. Throws ConfigError if it fails, prints nothing, or
/// takes longer than limit: then it is killed.
keystore::SecretBytes passphrase_from_command(const std::string& command,
                                              std::chrono::milliseconds limit);

}  // namespace proxy
