#pragma once

#include "proxy/config.hpp"

namespace proxy {

/// Runs the proxy in the foreground until SIGTERM or SIGINT: listens for every account, says so on
/// standard output once it accepts connections ("work: listening on 127.0.0.1:1143"), reloads the
/// configuration on SIGHUP. Throws std::runtime_error (with a text for the user) if it can't start.
/// Gives the exit status.
int run_service(const Config& config);

}  // namespace proxy
