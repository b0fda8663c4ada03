#include "proxy/listener.hpp"

#include <array>
#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>
#include <asio/redirect_error.hpp>
#include <asio/steady_timer.hpp>
#include <asio/use_awaitable.hpp>
#include <asio/write.hpp>

#include "keystore/crypto.hpp"
#include "proxy/limits.hpp"
#include "proxy/log.hpp"

namespace proxy {
namespace {

using asio::ip::tcp;

/// "PK" and 16 random hexadecimal digits: no client's tag by accident.
std::string tag_prefix() {
    std::array<std::uint8_t, 8> random{};
    keystore::fill_random(random);
    std::string prefix = "PK";
    for (const auto octet : random) {
        prefix += "0123456789ABCDEF"[octet >> 4];
        prefix += "0123456789ABCDEF"[octet & 15];
    }
    return prefix + ".";
}

tcp::acceptor bind(const asio::any_io_executor& executor, const AccountState& account) {
    const auto& listen = account.account.listen;
    const auto where = listen.host + ":" + std::to_string(listen.port);
    try {
        const tcp::endpoint endpoint{asio::ip::make_address(listen.host), listen.port};
        return tcp::acceptor{executor, endpoint};
    } catch (const std::system_error& error) {
        throw std::runtime_error{
            account.account.name + ": can't listen on " + where + ": " + error.code().message() +
            "; is another paperknife running? else choose another port in listen"};
    }
}

}  // namespace

Listener::Listener(asio::any_io_executor executor, SharedAccount account, Opener& opener)
    : account_{std::move(account)}, opener_{opener}, acceptor_{bind(executor, *account_)} {}

std::string Listener::address() const {
    const auto endpoint = acceptor_.local_endpoint();
    const auto host = endpoint.address().to_string();
    const auto port = std::to_string(endpoint.port());
    return endpoint.address().is_v6() ? "[" + host + "]:" + port : host + ":" + port;
}

asio::awaitable<void> Listener::accept() {
    const auto self = shared_from_this();
    while (acceptor_.is_open()) {
        asio::error_code error;
        auto socket =
            co_await acceptor_.async_accept(asio::redirect_error(asio::use_awaitable, error));
        if (!acceptor_.is_open()) break;
        if (!error) {
            start_session(std::move(socket));
            continue;
        }
        // Out of descriptors, most likely: those who wait are let in when a session has ended.
        log::error(account_->account.name + ": can't accept a connection: " + error.message());
        asio::steady_timer pause{acceptor_.get_executor(), std::chrono::seconds{1}};
        co_await pause.async_wait(asio::redirect_error(asio::use_awaitable, error));
    }
}

void Listener::start_session(tcp::socket socket) {
    sessions_.remove_if([](const auto& session) { return session.expired(); });
    if (sessions_.size() >= limits::connections) {
        log::warn(account_->account.name + ": a client was refused: too many connections");
        asio::error_code ignored;
        socket.non_blocking(true, ignored);
        asio::write(socket, asio::buffer(std::string_view{"* BYE Too many connections.\r\n"}),
                    ignored);
        return;
    }
    try {
        auto session =
            std::make_shared<Session>(Stream{std::move(socket)}, account_, opener_, tag_prefix());
        sessions_.push_back(session);
        asio::co_spawn(acceptor_.get_executor(), session->run(), asio::detached);
    } catch (const std::exception& error) {
        log::error(account_->account.name + ": can't begin a session: " + error.what());
    }
}

void Listener::stop_accepting() {
    asio::error_code ignored;
    acceptor_.close(ignored);
}

void Listener::close_sessions() {
    for (const auto& weak : sessions_) {
        if (const auto session = weak.lock()) session->close();
    }
}

}  // namespace proxy
