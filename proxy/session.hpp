#pragma once

#include <asio/awaitable.hpp>
#include <asio/steady_timer.hpp>
#include <chrono>
#include <exception>
#include <memory>
#include <optional>
#include <string>

#include "proxy/account_state.hpp"
#include "proxy/connect.hpp"
#include "proxy/exchange.hpp"
#include "proxy/opener.hpp"
#include "proxy/stream.hpp"

namespace proxy {

/// Session joins one client with its server until either goes: two readers, two writers and a
/// watchdog around an Exchange. Everything of it runs on one thread.
class Session : public std::enable_shared_from_this<Session> {
public:
    Session(Stream client, SharedAccount account, Opener& opener, std::string own_tag_prefix);

    /// Connects to the server and runs to the end. Throws nothing: how a session ended is logged.
    asio::awaitable<void> run();
    /// Ends the session from outside.
    void close();

private:
    asio::awaitable<void> serve();
    asio::awaitable<void> read_client();
    asio::awaitable<void> read_server();
    asio::awaitable<void> write_client();
    asio::awaitable<void> write_server();
    asio::awaitable<void> watch();
    asio::awaitable<void> note(asio::awaitable<void> loop);
    asio::awaitable<void> sleep(asio::steady_timer& timer);
    asio::awaitable<void> rest(asio::steady_timer& timer, std::string& octets, std::string& outbox);
    void after_input();
    void decide(AppendRequest request);
    void wake();

    using Clock = std::chrono::steady_clock;

    Stream client_;
    std::optional<Stream> server_;
    SharedAccount account_;
    Opener& opener_;
    Exchange exchange_;
    asio::steady_timer client_reader_, server_reader_, client_writer_, server_writer_, watchdog_;
    std::exception_ptr first_failure_;
    bool client_ended_ = false;
    bool server_ended_ = false;
    Clock::time_point last_octet_ = Clock::now();
};

}  // namespace proxy
