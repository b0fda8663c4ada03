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
#include "proxy/first_line.hpp"
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
    /// True if nobody has logged in for long enough to make way for another.
    bool loiters() const;

private:
    using Clock = std::chrono::steady_clock;

    asio::awaitable<void> serve();
    asio::awaitable<void> read_client();
    asio::awaitable<void> read_server();
    asio::awaitable<void> write_client();
    asio::awaitable<void> write_and_start_compression(std::string_view octets, std::size_t plain);
    asio::awaitable<void> write_server();
    asio::awaitable<void> watch();
    Clock::time_point end_of_patience() const;
    asio::awaitable<void> note(asio::awaitable<void> loop);
    asio::awaitable<void> sleep(asio::steady_timer& timer);
    asio::awaitable<void> rest(asio::steady_timer& timer, std::string& octets, std::string& outbox);
    void after_input();
    void decide(AppendRequest request);
    void wake();

    Stream client_;
    std::optional<Stream> server_;
    SharedAccount account_;
    Opener& opener_;
    Exchange exchange_;
    FirstLine first_line_;
    asio::steady_timer client_reader_, server_reader_, client_writer_, server_writer_, watchdog_;
    std::exception_ptr first_failure_;
    bool client_ended_ = false;
    bool server_ended_ = false;
    const Clock::time_point begun_ = Clock::now();
    Clock::time_point last_octet_ = begun_;
};

}  // namespace proxy
