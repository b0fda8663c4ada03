#pragma once

#include <asio/awaitable.hpp>
#include <string>

#include "proxy/account_state.hpp"
#include "proxy/stream.hpp"

namespace proxy {

/// A connection to an account's server, TLS made and verified as the account asks.
struct Connected {
    Stream stream;
    std::string greeting;  ///< the server's first octets: a whole line at least
};

/// Connects within the account's connect timeout. After STARTTLS the greeting is one of ours, since
/// the server's own came unprotected. Throws std::runtime_error with a text for the user.
asio::awaitable<Connected> connect_server(SharedAccount account);

}  // namespace proxy
