#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>

namespace proxy {

/// A TLS connection that can't be made or went wrong: what() says why, for the user.
struct TlsError : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// TlsContext is whom an account's connections trust: the certificates of one file, or the
/// system's. Made once, shared by the account's sessions, outlives them.
class TlsContext {
public:
    /// Throws TlsError if the file, or the system's store, can't be read.
    explicit TlsContext(const std::optional<std::filesystem::path>& ca_file);
    ~TlsContext();
    /// Why a file can't be a ca_file and how to mend it, or nothing.
    static std::string problem_with(const std::filesystem::path& ca_file);

    TlsContext(const TlsContext&) = delete;
    TlsContext& operator=(const TlsContext&) = delete;

private:
    friend class TlsEngine;
    struct State;
    std::unique_ptr<State> state_;
};

/// TlsEngine is the client's end of a TLS connection between byte queues: no socket, no wait.
/// TLS 1.2 at least; the server's certificate chain and name are verified, always (TLS-01, TLS-02).
class TlsEngine {
public:
    TlsEngine(const TlsContext& context, const std::string& host);
    ~TlsEngine();
    TlsEngine(const TlsEngine&) = delete;
    TlsEngine& operator=(const TlsEngine&) = delete;

    /// What came from the network.
    void receive(std::string_view octets);
    /// What is to go to the network; the caller takes octets out of it.
    std::string& outgoing();

    /// Goes on with the handshake. True when it is finished and the server verified; false: more
    /// octets are needed.
    bool handshake();
    /// Decrypted octets: as many as fit and have come. 0: more octets are needed, or, if closed(),
    /// the end.
    std::size_t read(std::span<char> into);
    bool closed() const;  ///< the server has said that it closes (close_notify)
    void write(std::string_view octets);
    void close_notify();

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace proxy
