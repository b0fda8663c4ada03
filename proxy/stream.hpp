#pragma once

#include <asio/any_io_executor.hpp>
#include <asio/awaitable.hpp>
#include <asio/generic/stream_protocol.hpp>
#include <memory>
#include <span>
#include <string_view>

#include "proxy/deflate.hpp"
#include "proxy/tls.hpp"

namespace proxy {

/// Stream is a connected socket, TCP or local, with TLS over it once start_tls has been called, and
/// DEFLATE over that once it has been started. One coroutine reads and one writes. Errors of the
/// network are std::system_error, those of TLS are TlsError, of DEFLATE ProtocolError.
class Stream {
public:
    using Socket = asio::generic::stream_protocol::socket;

    explicit Stream(Socket socket);

    /// Makes TLS and verifies that the server is host.
    asio::awaitable<void> start_tls(const TlsContext& context, std::string host);

    /// Another machine may vanish without a word: this is to be noticed long before the system's
    /// two hours (REL-03).
    void notice_a_vanished_peer();

    /// What is read from now on is compressed (RFC 4978): first what has been read already.
    void start_inflating(std::string_view already_read);
    /// What is written from now on is to be compressed.
    void start_deflating() { deflater_ = std::make_unique<Deflater>(); }

    /// Waits for octets. Empty: the other side has closed. The view lies in buffer, which sessions
    /// share: use it before anything is awaited.
    asio::awaitable<std::string_view> read(std::span<char> buffer);

    /// Sends all of it. The octets must live until it is done.
    asio::awaitable<void> write(std::string_view octets);

    /// Says that nothing more will be sent.
    asio::awaitable<void> shut_down();
    void close();

    asio::any_io_executor executor() { return socket_.get_executor(); }

    /// True if the other side's octets are waiting (after STARTTLS none may: IMAP-07).
    bool has_input();

private:
    asio::awaitable<void> take_turn();
    asio::awaitable<std::string_view> receive(std::span<char> buffer);
    asio::awaitable<std::size_t> read_socket(std::span<char> buffer);
    asio::awaitable<void> send(std::string_view octets);
    asio::awaitable<void> flush();

    Socket socket_;
    std::unique_ptr<TlsEngine> tls_;
    std::unique_ptr<Inflater> inflater_;
    std::unique_ptr<Deflater> deflater_;
    int reads_without_waiting_ = 0;
};

}  // namespace proxy
