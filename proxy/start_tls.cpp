#include "proxy/start_tls.hpp"

#include "imap/response.hpp"
#include "proxy/limits.hpp"
#include "proxy/protocol_error.hpp"

namespace proxy {

using Condition = imap::Response::Condition;

void StartTls::receive(std::string_view octets) {
    total_ += octets.size();
    if (total_ > limits::greeting) throw ProtocolError{"the server's greeting has no end"};
    received_ += octets;
    for (auto lf = received_.find('\n'); lf != std::string::npos; lf = received_.find('\n')) {
        const auto one = received_.substr(0, lf + 1);
        received_.erase(0, lf + 1);
        line(one);
        if (done() && !received_.empty()) {
            throw ProtocolError{
                "the server sent octets between STARTTLS and TLS; someone may be on the way"};
        }
    }
}

void StartTls::line(std::string_view line) {
    const auto response = imap::read_response(line);
    if (state_ == State::greeting) {
        if (!response || response->kind != imap::Response::Kind::status) {
            throw ProtocolError{"the server's greeting is not IMAP's"};
        }
        if (response->condition != Condition::ok) {
            throw ProtocolError{"the server does not let TLS begin (its greeting is not OK)"};
        }
        outgoing_ = "S1 STARTTLS\r\n";
        state_ = State::answer;
        return;
    }
    if (!response || response->kind != imap::Response::Kind::tagged) return;
    if (response->tag != "S1" || response->condition != Condition::ok) {
        throw ProtocolError{"the server does not offer STARTTLS; try imaps://"};
    }
    state_ = State::done;
}

}  // namespace proxy
