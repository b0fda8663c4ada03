#pragma once

#include <string>

#include "proxy/config.hpp"

namespace proxy {

/// Connects to an account's server as a session would: TLS with certificate and host name verified
/// (by STARTTLS for imap://), up to the greeting and the capabilities; no login. Gives an empty
/// string if all is well, else what is wrong and what to do, in one line. Never throws on what the
/// network does.
std::string probe_server(const Account& account);

}  // namespace proxy
