#pragma once

#include <vector>

#include "keystore/keystore.hpp"
#include "proxy/config.hpp"

namespace proxy {

/// A key file needs a passphrase that only a person can give, and nobody may be asked now. On
/// reload: the keystore in force stays in force. Passphrases are not kept for that, the opened keys
/// are enough.
struct PassphraseNeeded : ConfigError {
    using ConfigError::ConfigError;
};

/// Loads the configured key directory, with passphrases by the configured way. An empty keystore if
/// none is configured. interactive: a terminal may be asked (start-up); false on reload. Throws
/// keystore::KeyFileError, ConfigError or PassphraseNeeded.
keystore::Keystore load_keystore(const Config& config, bool interactive,
                                 std::vector<keystore::KeyFileReport>& reports);

}  // namespace proxy
