#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

namespace proxy {

/// StartTls is the talk with a server before TLS: its greeting, STARTTLS, the answer (RFC
/// 9051, 6.2.1). Whatever else it says is thrown away, since anybody on the way could have said it
/// (IMAP-07).
class StartTls {
public:
    /// What came from the server. Throws ProtocolError if TLS can't begin: PREAUTH, BYE, a refusal,
    /// octets behind the answer, or too many octets.
    void receive(std::string_view octets);
    /// What is to be sent; empty if nothing is.
    std::string take_outgoing() { return std::exchange(outgoing_, {}); }
    /// True once TLS is to begin.
    bool done() const { return state_ == State::done; }

private:
    enum class State { greeting, answer, done };
    void line(std::string_view line);

    State state_ = State::greeting;
    std::string received_;
    std::size_t total_ = 0;  ///< octets received
    std::string outgoing_;
};

}  // namespace proxy
