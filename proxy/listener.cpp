#include "proxy/listener.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>
#include <asio/redirect_error.hpp>
#include <asio/steady_timer.hpp>
#include <asio/use_awaitable.hpp>
#include <asio/write.hpp>

#include "keystore/crypto.hpp"
#include "proxy/config_address.hpp"
#include "proxy/limits.hpp"
#include "proxy/log.hpp"
#include "proxy/peer.hpp"

namespace proxy {
namespace {

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

ListenerSocket listen(const asio::any_io_executor& executor, const Account& account) {
    try {
        return listen_on(executor, account.listen);
    } catch (const std::system_error& error) {
        const bool local = !account.listen.path.empty();
        const bool taken = error.code() == asio::error::address_in_use;
        throw std::runtime_error{
            account.name + ": can't listen on " + to_text(account.listen) + ": " +
            error.code().message() +
            (local   ? "; check the directory's owner and mode"
             : taken ? "; is another paperknife running? else choose another port in listen"
                     : "; choose another address or port in listen (ports below 1024 are root's)")};
    } catch (const std::runtime_error& error) {
        throw std::runtime_error{account.name + ": can't listen on " + to_text(account.listen) +
                                 ": " + error.what()};
    }
}

}  // namespace

Listener::Listener(asio::any_io_executor executor, SharedAccount account, Opener& opener)
    : account_{std::move(account)}, opener_{opener}, socket_{listen(executor, account_->account)} {}

asio::awaitable<void> Listener::accept() {
    const auto self = shared_from_this();
    while (socket_.acceptor.is_open()) {
        asio::error_code error;
        auto socket = co_await socket_.acceptor.async_accept(
            asio::redirect_error(asio::use_awaitable, error));
        if (!socket_.acceptor.is_open()) break;
        if (!error) {
            start_session(std::move(socket));
            continue;
        }
        // Out of descriptors, most likely: those who wait are let in when a session has ended.
        log::error(account_->account.name + ": can't accept a connection: " + error.message());
        asio::steady_timer pause{socket_.acceptor.get_executor(), std::chrono::seconds{1}};
        co_await pause.async_wait(asio::redirect_error(asio::use_awaitable, error));
    }
}

void Listener::start_session(Stream::Socket socket) {
    if (!is_welcome(socket)) return;
    if (!has_room()) {
        log::warn(account_->account.name +
                  ": a client was refused: too many connections (max_connections)");
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
        asio::co_spawn(socket_.acceptor.get_executor(), session->run(), asio::detached);
    } catch (const std::exception& error) {
        log::error(account_->account.name + ": can't begin a session: " + error.what());
    }
}

/// True for a process of our own user, who alone may have mail opened (LOC-03). Root is another
/// user: what runs as root often speaks for somebody else.
bool Listener::is_welcome(Stream::Socket& socket) const {
    if (account_->account.any_local_user) return true;
    const auto user = peer_user(socket.native_handle());
    if (user == ::geteuid()) return true;
    log::warn(account_->account.name + ": a connection was refused: " +
              (user ? "it is of user " + std::to_string(*user)
                    : std::string{"whose it is can't be known"}) +
              ", and only your own may connect (any_local_user)");
    return false;
}

/// Where there is none, a connection on which nobody has logged in makes way.
bool Listener::has_room() {
    sessions_.remove_if([](const auto& session) { return session.expired(); });
    if (sessions_.size() < account_->account.max_connections) return true;
    const auto found = std::find_if(sessions_.begin(), sessions_.end(), [](const auto& weak) {
        const auto session = weak.lock();
        return session && session->loiters();
    });
    if (found == sessions_.end()) return false;
    log::info(account_->account.name +
              ": a connection on which nobody has logged in makes way for another");
    if (const auto session = found->lock()) session->close();
    sessions_.erase(found);
    return true;
}

void Listener::stop_accepting() {
    asio::error_code ignored;
    socket_.acceptor.close(ignored);
    socket_.file.remove();
}

void Listener::close_sessions() {
    for (const auto& weak : sessions_) {
        if (const auto session = weak.lock()) session->close();
    }
}

}  // namespace proxy
