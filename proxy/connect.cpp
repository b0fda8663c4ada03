#include "proxy/connect.hpp"

#include <array>
#include <asio/connect.hpp>
#include <asio/experimental/awaitable_operators.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/steady_timer.hpp>
#include <asio/this_coro.hpp>
#include <asio/use_awaitable.hpp>
#include <variant>

#include "proxy/limits.hpp"
#include "proxy/protocol_error.hpp"
#include "proxy/start_tls.hpp"

namespace proxy {
namespace {

using asio::ip::tcp;
using Security = ServerAddress::Security;

asio::awaitable<std::string> read_greeting(Stream& stream) {
    std::string greeting;
    std::array<char, 4096> buffer;
    while (greeting.find('\n') == std::string::npos) {
        const auto octets = co_await stream.read(buffer);
        if (octets.empty())
            throw ProtocolError{"the server closed the connection before its greeting"};
        greeting += octets;
        if (greeting.size() > limits::greeting) {
            throw ProtocolError{"the server's greeting has no end"};
        }
    }
    co_return greeting;
}

asio::awaitable<void> start_tls(Stream& stream, const AccountState& account) {
    StartTls talk;
    std::array<char, 4096> buffer;
    while (!talk.done()) {
        const auto octets = co_await stream.read(buffer);
        if (octets.empty()) throw ProtocolError{"the server closed the connection before TLS"};
        talk.receive(octets);
        const auto outgoing = talk.take_outgoing();
        if (!outgoing.empty()) co_await stream.write(outgoing);
    }
    co_await stream.start_tls(*account.tls, account.account.server.host);
}

asio::awaitable<Connected> connect(SharedAccount account) {
    const auto& server = account->account.server;
    const auto executor = co_await asio::this_coro::executor;
    tcp::resolver resolver{executor};
    const auto addresses = co_await resolver.async_resolve(server.host, std::to_string(server.port),
                                                           asio::use_awaitable);
    tcp::socket socket{executor};
    co_await asio::async_connect(socket, addresses, asio::use_awaitable);
    Stream stream{std::move(socket)};
    stream.notice_a_vanished_peer();
    switch (server.security) {
        case Security::tls:
            co_await stream.start_tls(*account->tls, server.host);
            break;
        case Security::start_tls:
            co_await start_tls(stream, *account);
            co_return Connected{std::move(stream), "* OK IMAP4rev1 server ready\r\n"};
        case Security::plaintext:
            break;
    }
    auto greeting = co_await read_greeting(stream);
    co_return Connected{std::move(stream), std::move(greeting)};
}

/// A connection, or why there is none. It does not throw, since || waits for the first success: a
/// refused connection would wait for the timer.
asio::awaitable<std::variant<Connected, std::string>> try_to_connect(SharedAccount account) {
    try {
        co_return co_await connect(std::move(account));
    } catch (const std::system_error& error) {
        co_return error.code().message();
    } catch (const std::exception& error) {
        co_return std::string{error.what()};
    }
}

}  // namespace

asio::awaitable<Connected> connect_server(SharedAccount account) {
    using namespace asio::experimental::awaitable_operators;
    const auto& server = account->account.server;
    const auto where = server.host + ":" + std::to_string(server.port);
    asio::steady_timer timer{co_await asio::this_coro::executor, account->account.timeouts.connect};
    auto first = co_await (try_to_connect(account) || timer.async_wait(asio::use_awaitable));
    if (auto* connected = std::get_if<Connected>(&first)) co_return std::move(*connected);
    std::string why = "no answer in time";
    if (const auto* failure = std::get_if<std::string>(&first)) {
        why = *failure;
    } else if (server.security == ServerAddress::Security::start_tls) {
        why += "; if this port begins with TLS, write imaps://";
    }
    throw std::runtime_error{"the server " + where + " can't be used: " + why};
}

}  // namespace proxy
