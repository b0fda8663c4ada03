#include "proxy/stream.hpp"

#include <netinet/tcp.h>

#include <array>
#include <asio/buffer.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/post.hpp>
#include <asio/use_awaitable.hpp>
#include <asio/write.hpp>
#include <system_error>

#include "proxy/limits.hpp"

namespace proxy {
namespace {

/// Ciphertext on its way into a TlsEngine, which copies it at once: one buffer serves all sessions
/// of the thread.
std::span<char> ciphertext_buffer() {
    thread_local std::array<char, 64 * 1024> buffer;
    return buffer;
}

/// TLS records are made of so much at a time, so that a large answer is not held twice.
constexpr std::size_t write_piece = 64 * 1024;

/// Then the other sessions and the timers have their turn: a server that never stops sending octets
/// that we drop would keep the thread for itself.
constexpr int most_reads_without_waiting = 16;

}  // namespace

Stream::Stream(Socket socket) : socket_{std::move(socket)} {
    socket_.non_blocking(true);
    asio::error_code ignored;
    socket_.set_option(asio::ip::tcp::no_delay{true}, ignored);
    socket_.set_option(asio::socket_base::keep_alive{true}, ignored);
}

asio::awaitable<void> Stream::start_tls(const TlsContext& context, std::string host) {
    tls_ = std::make_unique<TlsEngine>(context, host);
    const auto buffer = ciphertext_buffer();
    while (true) {
        bool done = false;
        std::exception_ptr failure;
        try {
            done = tls_->handshake();
        } catch (const TlsError&) {
            failure = std::current_exception();  // the alert that says why is still to be sent
        }
        co_await flush();
        if (failure) std::rethrow_exception(failure);
        if (done) co_return;
        const auto count = co_await read_socket(buffer);
        if (count == 0) throw TlsError{"the server closed the connection during the TLS handshake"};
        tls_->receive({buffer.data(), count});
    }
}

void Stream::notice_a_vanished_peer() {
    asio::error_code ignored;
#ifdef TCP_KEEPIDLE
    using Idle = asio::detail::socket_option::integer<IPPROTO_TCP, TCP_KEEPIDLE>;
    using Interval = asio::detail::socket_option::integer<IPPROTO_TCP, TCP_KEEPINTVL>;
    using Probes = asio::detail::socket_option::integer<IPPROTO_TCP, TCP_KEEPCNT>;
    socket_.set_option(Idle{limits::keepalive_idle}, ignored);
    socket_.set_option(Interval{limits::keepalive_interval}, ignored);
    socket_.set_option(Probes{limits::keepalive_probes}, ignored);
#endif
#ifdef TCP_USER_TIMEOUT
    // The same for octets that nobody acknowledges, which keepalive does not look at.
    using Unacknowledged = asio::detail::socket_option::integer<IPPROTO_TCP, TCP_USER_TIMEOUT>;
    socket_.set_option(
        Unacknowledged{1000 * (limits::keepalive_idle +
                               limits::keepalive_interval * limits::keepalive_probes)},
        ignored);
#endif
}

void Stream::start_inflating(std::string_view already_read) {
    inflater_ = std::make_unique<Inflater>();
    inflater_->push(already_read);
}

/// A small compressed input becomes no more than a buffer at a time, and waits where it is until
/// that has been used.
asio::awaitable<std::string_view> Stream::read(std::span<char> buffer) {
    while (true) {
        if (inflater_) {
            co_await take_turn();
            const auto count = inflater_->read(buffer);
            if (count > 0) co_return std::string_view{buffer.data(), count};
            if (inflater_->ended()) co_return std::string_view{};
        }
        const auto octets = co_await receive(buffer);
        if (!inflater_ || octets.empty()) co_return octets;
        inflater_->push(octets);
    }
}

/// What comes through the socket, or through TLS.
asio::awaitable<std::string_view> Stream::receive(std::span<char> buffer) {
    if (!tls_) co_return std::string_view{buffer.data(), co_await read_socket(buffer)};
    while (true) {
        std::size_t filled = 0;
        while (filled < buffer.size()) {
            const auto count = tls_->read(buffer.subspan(filled));
            if (count == 0) break;
            filled += count;
        }
        if (filled > 0) co_return std::string_view{buffer.data(), filled};
        if (tls_->closed()) co_return std::string_view{};
        const auto ciphertext = ciphertext_buffer();
        const auto count = co_await read_socket(ciphertext);
        if (count == 0) throw TlsError{"the connection was cut without a TLS closure"};
        tls_->receive({ciphertext.data(), count});
    }
}

/// Lets others go first from time to time.
asio::awaitable<void> Stream::take_turn() {
    if (++reads_without_waiting_ <= most_reads_without_waiting) co_return;
    reads_without_waiting_ = 0;
    co_await asio::post(socket_.get_executor(), asio::use_awaitable);
}

/// Waits for the socket and only then uses the buffer: a session that is idle holds none.
asio::awaitable<std::size_t> Stream::read_socket(std::span<char> buffer) {
    co_await take_turn();
    while (true) {
        asio::error_code error;
        const auto count = socket_.read_some(asio::buffer(buffer.data(), buffer.size()), error);
        if (count > 0) co_return count;
        if (error == asio::error::eof) co_return 0;
        if (error && error != asio::error::would_block && error != asio::error::interrupted) {
            throw std::system_error{error};
        }
        reads_without_waiting_ = 0;
        co_await socket_.async_wait(asio::socket_base::wait_read, asio::use_awaitable);
    }
}

/// The last piece of what there is to say now is flushed, so that the other side can read it.
asio::awaitable<void> Stream::write(std::string_view octets) {
    if (!deflater_) co_return co_await send(octets);
    while (!octets.empty()) {
        const auto piece = octets.substr(0, write_piece);
        octets.remove_prefix(piece.size());
        const auto compressed = deflater_->compress(piece, octets.empty());
        if (!compressed.empty()) co_await send(compressed);
    }
}

asio::awaitable<void> Stream::send(std::string_view octets) {
    if (!tls_) {
        co_await asio::async_write(socket_, asio::buffer(octets.data(), octets.size()),
                                   asio::use_awaitable);
        co_return;
    }
    while (!octets.empty()) {
        tls_->write(octets.substr(0, write_piece));
        octets.remove_prefix(std::min(octets.size(), write_piece));
        co_await flush();
    }
}

asio::awaitable<void> Stream::flush() {
    std::string pending;
    pending.swap(tls_->outgoing());
    co_await asio::async_write(socket_, asio::buffer(pending), asio::use_awaitable);
}

asio::awaitable<void> Stream::shut_down() {
    if (tls_) {
        tls_->close_notify();
        co_await flush();
    }
    asio::error_code ignored;
    socket_.shutdown(asio::socket_base::shutdown_send, ignored);
}

void Stream::close() {
    asio::error_code ignored;
    socket_.close(ignored);
}

bool Stream::has_input() {
    asio::error_code ignored;
    return socket_.available(ignored) > 0;
}

}  // namespace proxy
