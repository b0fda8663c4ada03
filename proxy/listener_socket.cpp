#include "proxy/listener_socket.hpp"

#include <asio/ip/tcp.hpp>
#include <asio/local/stream_protocol.hpp>

namespace proxy {
namespace {

using asio::ip::tcp;
using Local = asio::local::stream_protocol;

ListenerSocket listen_locally(const asio::any_io_executor& executor,
                              const std::filesystem::path& path) {
    remove_stale_socket(path);
    Local::acceptor acceptor{executor, Local{}};
    acceptor.bind(Local::endpoint{path.string()});
    SocketFile file{path};  // before it listens: until now the umask has kept others out
    acceptor.listen();
    return {std::move(acceptor), "unix:" + path.string(), std::move(file)};
}

}  // namespace

ListenerSocket listen_on(const asio::any_io_executor& executor, const ListenAddress& address) {
    if (!address.path.empty()) return listen_locally(executor, address.path);
    tcp::acceptor acceptor{executor,
                           tcp::endpoint{asio::ip::make_address(address.host), address.port}};
    const auto bound = acceptor.local_endpoint();
    const auto host = bound.address().to_string();
    const auto port = std::to_string(bound.port());
    auto text = bound.address().is_v6() ? "[" + host + "]:" + port : host + ":" + port;
    return {std::move(acceptor), std::move(text), SocketFile{}};
}

}  // namespace proxy
