#pragma once

#include <memory>
#include <string>
#include <vector>

#include "keystore/trust.hpp"
#include "proxy/config.hpp"

namespace proxy {

/// Whom the configuration believes ([verify]); null if signatures are not verified. What could not
/// be read of files that are there is told in problems. Throws keystore::KeyFileError that names
/// the place.
std::shared_ptr<const keystore::Trust> load_trust(const Config& config,
                                                  std::vector<std::string>& problems);

}  // namespace proxy
