#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "imap/framer.hpp"
#include "keystore/secret.hpp"
#include "proxy/append_decision.hpp"

namespace proxy {

/// AppendCommand carries out one APPEND (RFC 9051, 6.3.12; RFC 3502, 7888, 3516, 6855) by the
/// owner's rules. Each message is held back until its header has come, which decides: most stream
/// on in constant memory, some are held to their end and replaced, or refused. So the client's
/// literals are asked for here; the server is asked again where the client had waited, and always
/// for what is another message. Nothing of a message gets to the server before it is decided.
class AppendCommand {
public:
    /// rules must outlive it.
    AppendCommand(const AppendRules& rules, std::string_view tag);

    /// A frame of the client's. Not while it waits().
    void feed(const imap::Frame& frame);
    /// The server goes on. True if it was asked by us: the client is not told.
    bool on_continuation();
    /// The server's tagged response, a line. True if the client is told something else, or later.
    bool on_tagged(std::string_view line, bool ok);
    void on_decided(AppendResult result);

    /// What is to be done now: octets for the server and for the client, a message to be decided on
    /// elsewhere, and what the owner is told.
    std::string take_for_server() { return std::exchange(for_server_, {}); }
    std::string take_for_client() { return std::exchange(for_client_, {}); }
    std::optional<AppendRequest> take_request() { return std::exchange(request_, std::nullopt); }
    struct Notice {
        std::string text;
        bool alert = false;  ///< to be shown by the client, too
    };
    std::vector<Notice> take_notices() { return std::exchange(notices_, {}); }

    const std::string& tag() const { return tag_; }
    /// True once the server has heard of the command.
    bool begun() const { return begun_; }
    /// True while the client's further octets must wait.
    bool waits() const {
        return state_ == State::deciding || state_ == State::asking || state_ == State::cancelling;
    }
    bool done() const { return state_ == State::done; }

private:
    enum class State {
        line,        ///< the first one, or one behind a literal
        mailbox,     ///< in the literal that names the mailbox
        header,      ///< of a message
        holding,     ///< its body
        passing,     ///< what is left of it goes on
        dropping,    ///< nothing goes on
        deciding,    ///< elsewhere
        asking,      ///< the server, to go on
        cancelling,  ///< the server is to forget the messages before
        done,
    };

    void on_line(const imap::Frame& frame);
    void on_literal(const imap::Frame& frame);
    void begin_message(std::string text, const imap::LiteralAnnouncement& announced);
    void end_mailbox();
    void hold(std::string_view octets);
    bool header_has_come();
    void decide(bool is_whole);
    void pass(bool is_whole);
    void replace(const std::string& octets);
    void ask(State then);
    void refuse(std::string answer, bool inside_literal);
    void end();
    void send(std::string_view octets);
    void notify(const std::string& text, bool passes);

    const AppendRules& rules_;
    std::string tag_;
    State state_ = State::line;
    State then_ = State::line;  ///< once the server has gone on
    bool first_line_ = true;
    bool begun_ = false;
    bool refused_ = false;         ///< nothing more of the command goes to the server
    bool server_is_done_ = false;  ///< it has refused a literal, which ends the command
    bool answered_ = false;        ///< the client has its tagged response
    std::string answer_;           ///< the tagged response that is due at the command's end

    std::string head_;  ///< the line before a message, without the literal's announcement
    std::string announcement_;
    imap::LiteralAnnouncement announced_;
    bool utf8_ = false;       ///< the message stands in UTF8 (…)
    bool utf8_open_ = false;  ///< the server's last message does
    std::string mailbox_;
    keystore::SecretBytes held_;
    std::size_t room_ = 0;      ///< that held_ has
    std::size_t searched_ = 0;  ///< for the header's end
    AppendedHeader header_;

    std::string for_server_, for_client_;
    std::optional<AppendRequest> request_;
    std::vector<Notice> notices_;
};

}  // namespace proxy
