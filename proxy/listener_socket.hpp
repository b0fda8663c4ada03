#pragma once

#include <asio/any_io_executor.hpp>
#include <asio/basic_socket_acceptor.hpp>
#include <asio/generic/stream_protocol.hpp>
#include <string>

#include "proxy/config.hpp"
#include "proxy/socket_file.hpp"

namespace proxy {

/// A socket that listens, TCP or local.
struct ListenerSocket {
    asio::basic_socket_acceptor<asio::generic::stream_protocol> acceptor;
    std::string address;  ///< "127.0.0.1:1143", "[::1]:1143" or "unix:/path"
    SocketFile file;      ///< of a local one
};

/// Binds and listens. Throws std::exception with why it can't.
ListenerSocket listen_on(const asio::any_io_executor& executor, const ListenAddress& address);

}  // namespace proxy
