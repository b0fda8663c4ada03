#pragma once

#include "proxy/config.hpp"

namespace proxy {

/// Looks at all that the service needs and prints a line on each: configuration, libraries, keys,
/// servers. Gives the exit status: 0 nothing is wrong (notes aside), 1 something is.
int command_check(const Config& config);

}  // namespace proxy
