#pragma once

#include <vector>

#include "keystore/keystore.hpp"
#include "proxy/config.hpp"

namespace proxy {

/// Loads the configured key directory, with passphrases by the configured way. An empty keystore if
/// none is configured. interactive: a terminal may be asked (start-up); false on reload. Throws
/// keystore::KeyFileError or ConfigError.
keystore::Keystore load_keystore(const Config& config, bool interactive,
                                 std::vector<keystore::KeyFileReport>& reports);

}  // namespace proxy
