#pragma once

#include <asio/awaitable.hpp>
#include <list>
#include <memory>

#include "proxy/account_state.hpp"
#include "proxy/listener_socket.hpp"
#include "proxy/session.hpp"

namespace proxy {

/// Listener accepts an account's clients, those of its own user, and owns their sessions.
/// Everything of it runs on the sessions' thread.
class Listener : public std::enable_shared_from_this<Listener> {
public:
    /// Binds at once. Throws std::runtime_error, with a text for the user, if the address can't be
    /// had: never another port instead (LOC-04).
    Listener(asio::any_io_executor executor, SharedAccount account, Opener& opener);

    asio::awaitable<void> accept();
    /// New settings, for sessions that begin from now on.
    void set_account(SharedAccount account) { account_ = std::move(account); }
    const AccountState& account() const { return *account_; }
    const std::string& address() const { return socket_.address; }
    /// Takes no more clients; sessions live on.
    void stop_accepting();
    void close_sessions();

private:
    void start_session(Stream::Socket socket);
    bool is_welcome(Stream::Socket& socket) const;
    bool has_room();

    SharedAccount account_;
    Opener& opener_;
    ListenerSocket socket_;
    std::list<std::weak_ptr<Session>> sessions_;
};

}  // namespace proxy
