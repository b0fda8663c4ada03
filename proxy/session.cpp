#include "proxy/session.hpp"

#include <algorithm>
#include <array>
#include <asio/experimental/awaitable_operators.hpp>
#include <asio/redirect_error.hpp>
#include <asio/use_awaitable.hpp>
#include <vector>

#include "proxy/limits.hpp"
#include "proxy/log.hpp"
#include "proxy/protocol_error.hpp"

namespace proxy {
namespace {

/// The session has come to its ordinary end.
struct SessionOver {};

/// All sessions read into the same octets and have used them before they wait for anything
/// (Stream::read).
std::span<char> read_buffer() {
    thread_local std::vector<char> buffer(limits::read);
    return buffer;
}

std::string why(const std::exception_ptr& exception) {
    try {
        std::rethrow_exception(exception);
    } catch (const SessionOver&) {
        return {};
    } catch (const std::system_error& error) {
        return error.code().message();
    } catch (const std::exception& error) {
        return error.what();
    }
}

}  // namespace

Session::Session(Stream client, SharedAccount account, Opener& opener, std::string own_tag_prefix)
    : client_{std::move(client)},
      account_{std::move(account)},
      opener_{opener},
      exchange_{{account_->opens, account_->max_message, account_->settings.errant,
                 account_->settings.shows_signatures(),
                 account_->keywords ? &account_->keyword_store : nullptr, account_->epochs.get(),
                 &account_->append, account_->account.compress_client,
                 account_->account.compress_server, account_->settings.signed_status()},
                account_->cache,
                std::move(own_tag_prefix)},
      client_reader_{client_.executor()},
      server_reader_{client_.executor()},
      client_writer_{client_.executor()},
      server_writer_{client_.executor()},
      watchdog_{client_.executor()} {}

asio::awaitable<void> Session::run() {
    const auto self = shared_from_this();
    std::string goodbye;
    try {
        auto connected = co_await connect_server(account_);
        server_.emplace(std::move(connected.stream));
        exchange_.from_server(connected.greeting);
    } catch (const std::exception& error) {
        log::warn(account_->account.name + ": " + error.what());
        goodbye = "* BYE paperknife: " + log::one_line(error.what()) + "\r\n";
    }
    try {
        if (goodbye.empty()) {
            co_await serve();
        } else {
            co_await client_.write(goodbye);
        }
    } catch (...) {
        const auto reason = why(first_failure_ ? first_failure_ : std::current_exception());
        if (!reason.empty()) log::info(account_->account.name + ": session ended: " + reason);
    }
    close();
}

asio::awaitable<void> Session::serve() {
    using namespace asio::experimental::awaitable_operators;
    co_await (note(read_client()) && note(read_server()) && note(write_client()) &&
              note(write_server()) && note(watch()));
}

/// The others fail too once they are cancelled: only the first failure says how the session ended.
asio::awaitable<void> Session::note(asio::awaitable<void> loop) {
    try {
        co_await std::move(loop);
    } catch (...) {
        if (!first_failure_) first_failure_ = std::current_exception();
        throw;
    }
}

void Session::close() {
    client_.close();
    if (server_) server_->close();
    wake();
    watchdog_.cancel();
}

asio::awaitable<void> Session::read_client() {
    while (true) {
        while (!exchange_.reads_client()) co_await sleep(client_reader_);
        const auto octets = co_await client_.read(read_buffer());
        if (octets.empty()) break;
        first_line_.look_at(octets);
        exchange_.from_client(octets);
        after_input();
    }
    client_ended_ = true;
    last_octet_ = Clock::now();
    watchdog_.cancel();  // it has been waiting for more than there is patience for now
    wake();
}

/// Where a server's connection breaks, what had come before still goes to the client.
asio::awaitable<void> Session::read_server() {
    try {
        while (true) {
            while (!exchange_.reads_server()) co_await sleep(server_reader_);
            const auto octets = co_await server_->read(read_buffer());
            if (octets.empty()) break;
            exchange_.from_server(octets);
            if (const auto rest = exchange_.take_server_compression()) {
                server_->start_deflating();
                server_->start_inflating(*rest);
            }
            after_input();
        }
    } catch (const TlsError&) {
        first_failure_ = std::current_exception();
    } catch (const std::system_error& error) {
        if (error.code() != asio::error::connection_reset) throw;
        first_failure_ = std::current_exception();
    }
    exchange_.on_server_ended();
    server_ended_ = true;
    wake();
}

/// Hands over what is to be opened and wakes whoever has something to do now.
void Session::after_input() {
    last_octet_ = Clock::now();
    for (auto& request : exchange_.take_open_requests()) {
        opener_.open(account_, std::move(request), [weak = weak_from_this()](OpenResult result) {
            const auto self = weak.lock();
            if (!self) return;
            try {
                self->exchange_.on_opened(std::move(result));
                self->after_input();
            } catch (const std::exception& error) {
                self->first_failure_ = std::make_exception_ptr(ProtocolError{error.what()});
                self->close();
            }
        });
    }
    for (auto& request : exchange_.take_append_requests()) decide(std::move(request));
    for (const auto& notice : exchange_.take_notices())
        log::warn(account_->account.name + ": " + notice);
    wake();
}

void Session::decide(AppendRequest request) {
    opener_.decide(account_, std::move(request), [weak = weak_from_this()](AppendResult result) {
        const auto self = weak.lock();
        if (!self) return;
        try {
            self->exchange_.on_append_decided(std::move(result));
            self->after_input();
        } catch (const std::exception& error) {
            self->first_failure_ = std::make_exception_ptr(ProtocolError{error.what()});
            self->close();
        }
    });
}

void Session::wake() {
    for (auto* timer : {&client_reader_, &server_reader_, &client_writer_, &server_writer_}) {
        timer->cancel();
    }
}

asio::awaitable<void> Session::sleep(asio::steady_timer& timer) {
    asio::error_code ignored;
    timer.expires_at(asio::steady_timer::time_point::max());
    co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
}

/// Sleeps; a writer that has had nothing to do for a moment gives its memory back, one that is busy
/// keeps it. What a large message had needed goes at once.
asio::awaitable<void> Session::rest(asio::steady_timer& timer, std::string& octets,
                                    std::string& outbox) {
    if (octets.capacity() > limits::kept) octets = std::string{};
    if (outbox.capacity() > limits::kept) outbox = std::string{};
    if (octets.capacity() + outbox.capacity() == 2 * std::string{}.capacity()) {
        co_return co_await sleep(timer);
    }
    asio::error_code woken;
    timer.expires_after(limits::moment);
    co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, woken));
    if (woken || !outbox.empty()) co_return;
    octets = std::string{};
    outbox = std::string{};
}

asio::awaitable<void> Session::write_client() {
    std::string octets;
    while (true) {
        while (exchange_.to_client().empty()) {
            if (server_ended_ && !exchange_.awaits_opening()) throw SessionOver{};
            co_await rest(client_writer_, octets, exchange_.to_client());
        }
        octets.clear();
        octets.swap(exchange_.to_client());
        const auto plain = exchange_.take_client_compression();
        wake();
        if (plain) {
            co_await write_and_start_compression(octets, *plain);
        } else {
            co_await client_.write(octets);
        }
    }
}

/// The client compresses as soon as it has our OK, perhaps before we know that it was sent.
asio::awaitable<void> Session::write_and_start_compression(std::string_view octets,
                                                           std::size_t plain) {
    client_.start_inflating({});
    co_await client_.write(octets.substr(0, plain));
    client_.start_deflating();
    co_await client_.write(octets.substr(plain));
}

asio::awaitable<void> Session::write_server() {
    std::string octets;
    while (true) {
        while (exchange_.to_server().empty()) {
            if (client_ended_ && !exchange_.has_client_work()) {
                co_await server_->shut_down();
                last_octet_ = Clock::now();
                watchdog_.cancel();
                co_return;
            }
            co_await rest(server_writer_, octets, exchange_.to_server());
        }
        octets.clear();
        octets.swap(exchange_.to_server());
        wake();
        co_await server_->write(octets);
    }
}

bool Session::loiters() const {
    return !exchange_.authenticated() && Clock::now() - begun_ >= limits::loitering;
}

Session::Clock::time_point Session::end_of_patience() const {
    if (client_ended_) return last_octet_ + limits::linger;
    const auto& timeouts = account_->account.timeouts;
    const auto idle = last_octet_ + timeouts.idle;
    return exchange_.authenticated() ? idle : std::min(idle, begun_ + timeouts.login);
}

/// Ends the session when nobody has said anything for too long, when nobody logs in, or when the
/// server does not let go after the client went.
asio::awaitable<void> Session::watch() {
    while (true) {
        const auto end = end_of_patience();
        if (Clock::now() >= end) {
            if (client_ended_) throw SessionOver{};
            throw ProtocolError{exchange_.authenticated()
                                    ? "neither side has said anything for a long time"
                                    : "nobody has logged in"};
        }
        asio::error_code ignored;
        watchdog_.expires_at(end);
        co_await watchdog_.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    }
}

}  // namespace proxy
