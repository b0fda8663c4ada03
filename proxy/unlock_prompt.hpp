#pragma once

#include <optional>
#include <string_view>

#include "keystore/secret.hpp"

namespace proxy {

/// Asks for a passphrase at the process's terminal, unseen. An empty answer is an empty passphrase;
/// the end of input is nothing. A signal that comes meanwhile takes effect after the terminal's
/// echo is back on. Throws ConfigError if there is no terminal. Only for the time before other
/// threads run.
std::optional<keystore::SecretBytes> prompt_for_passphrase(std::string_view text);

}  // namespace proxy
