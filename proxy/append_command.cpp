#include "proxy/append_command.hpp"

#include <algorithm>
#include <utility>

#include "imap/command.hpp"
#include "imap/letter_case.hpp"
#include "proxy/keyword_command.hpp"
#include "proxy/limits.hpp"

namespace proxy {
namespace {

keystore::BytesView octets_of(std::string_view text) {
    return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

/// Where "{n}" or "~{n}" begins at a line's end.
std::size_t announcement_of(std::string_view line) {
    const auto brace = line.rfind('{');
    return brace > 0 && line[brace - 1] == '~' ? brace - 1 : brace;
}

/// True if the literal at the first line's end names the mailbox: nothing stands before it.
bool announces_mailbox(std::string_view line) {
    const auto command = imap::read_command(line);
    return command && (command->arguments.starts_with('{') || command->arguments.starts_with("~{"));
}

/// What is put together on the server (RFC 4469) can't be looked into.
bool is_catenate(std::string_view line) {
    return imap::upper_case(line).find(" CATENATE (") != std::string::npos;
}

/// Nothing if it can't be written so.
std::optional<std::string> as_quoted(std::string_view name) {
    std::string text{'"'};
    for (const char c : name) {
        if (c == '\r' || c == '\n' || c == '\0') return std::nullopt;
        if (c == '"' || c == '\\') text += '\\';
        text += c;
    }
    return text += '"';
}

}  // namespace

AppendCommand::AppendCommand(const AppendRules& rules, std::string_view tag)
    : rules_{rules}, tag_{tag} {}

void AppendCommand::feed(const imap::Frame& frame) {
    if (frame.kind == imap::Frame::Kind::literal) return on_literal(frame);
    on_line(frame);
    if (frame.ends_message) end();
}

void AppendCommand::on_line(const imap::Frame& frame) {
    if (frame.announces && frame.announces->synchronizing) for_client_ += "+ OK\r\n";
    const bool is_first = std::exchange(first_line_, false);
    const bool is_readable = frame.kind == imap::Frame::Kind::line && !is_catenate(frame.octets);
    if (!refused_ && !is_readable) {
        refuse(tag_ + " BAD This APPEND is not available here.\r\n", false);
    } else if (!refused_ && answered_ && frame.announces) {
        refuse({}, false);
    }
    if (refused_) {
        state_ = State::dropping;
    } else if (!frame.announces) {
        send(frame.octets);
    } else if (is_first && announces_mailbox(frame.octets)) {
        head_ = frame.octets.substr(0, announcement_of(frame.octets));
        state_ = State::mailbox;
    } else {
        auto changed = append_without_keywords(frame.octets, is_first);
        begin_message(changed ? std::move(*changed) : std::string{frame.octets}, *frame.announces);
    }
}

void AppendCommand::begin_message(std::string text, const imap::LiteralAnnouncement& announced) {
    const auto end = announcement_of(text);
    announcement_ = text.substr(end);
    text.resize(end);
    head_ += text;
    announced_ = announced;
    utf8_ = imap::upper_case(text).ends_with("UTF8 (");
    searched_ = room_ = 0;
    state_ = State::header;
}

void AppendCommand::on_literal(const imap::Frame& frame) {
    switch (state_) {
        case State::mailbox:
            mailbox_ += frame.octets;
            if (mailbox_.size() > limits::command)
                return refuse(tag_ + " BAD This name is too long.\r\n", !frame.ends_literal);
            if (frame.ends_literal) end_mailbox();
            break;
        case State::header:
            hold(frame.octets);
            if (frame.ends_literal || header_has_come() || held_.size() > limits::header)
                decide(frame.ends_literal);
            break;
        case State::holding:
            hold(frame.octets);
            if (frame.ends_literal) decide(true);
            break;
        case State::passing:
            send(frame.octets);
            if (frame.ends_literal) state_ = State::line;
            break;
        case State::dropping:
            if (frame.ends_literal) state_ = State::line;
            break;
        case State::line:
        case State::deciding:
        case State::asking:
        case State::cancelling:
        case State::done:
            break;
    }
}

/// The name goes on within the line, so that the server need not be asked for it.
void AppendCommand::end_mailbox() {
    const auto name = as_quoted(mailbox_);
    if (!name) return refuse(tag_ + " BAD This is no mailbox's name.\r\n", false);
    head_ += *name;
    state_ = State::line;
}

/// A large message takes its room in few steps. Not more than a small multiple of what has come is
/// ever asked for.
void AppendCommand::hold(std::string_view octets) {
    const auto needed = held_.size() + octets.size();
    if (needed > limits::header && needed > room_) {
        const auto whole = std::min<std::uint64_t>(announced_.octets, 4 * needed);
        room_ = std::max(needed, static_cast<std::size_t>(whole));
        held_.reserve(room_);
    }
    held_.append(octets_of(octets));
}

bool AppendCommand::header_has_come() {
    const auto text = held_.expose_text();
    if (text.starts_with("\n") || text.starts_with("\r\n")) return true;
    const auto from = searched_ > 3 ? searched_ - 3 : 0;
    searched_ = text.size();
    return text.find("\n\n", from) != std::string_view::npos ||
           text.find("\n\r\n", from) != std::string_view::npos;
}

/// Called when the header is there, and again, if it takes the whole message, when that is.
void AppendCommand::decide(bool is_whole) {
    if (state_ == State::header) {
        header_ = read_appended_header(held_.expose_text(), *rules_.opened);
        if (!needs_whole(rules_, header_) || announced_.octets > rules_.max_message) {
            const auto decision = decide_by_header(rules_, header_);
            notify(decision.notice, !decision.refused);
            if (!decision.refused) return pass(is_whole);
            return refuse(tag_ + " NO " + decision.text + "\r\n", !is_whole);
        }
        state_ = State::holding;
    }
    if (!is_whole) return;
    request_ = AppendRequest{header_, std::exchange(held_, {})};
    state_ = State::deciding;
}

void AppendCommand::on_decided(AppendResult result) {
    if (state_ != State::deciding) return;
    notify(result.notice, result.outcome == AppendResult::Outcome::as_it_came);
    if (answered_) return refuse({}, false);
    switch (result.outcome) {
        case AppendResult::Outcome::as_it_came:
            held_ = std::move(result.message);
            return pass(true);
        case AppendResult::Outcome::original:
        case AppendResult::Outcome::encrypted:
            return replace(result.octets);
        case AppendResult::Outcome::refused:
            return refuse(tag_ + " NO " + result.text + "\r\n", false);
    }
}

/// What is held goes on, and what comes of the literal.
void AppendCommand::pass(bool is_whole) {
    send(std::exchange(head_, {}) + announcement_);
    utf8_open_ = utf8_;
    const auto then = is_whole ? State::line : State::passing;
    if (announced_.synchronizing) return ask(then);
    send(held_.expose_text());
    held_ = {};
    state_ = then;
}

/// Another message goes on in the place of the one that came.
void AppendCommand::replace(const std::string& octets) {
    const bool is_binary = utf8_ || octets.find('\0') != std::string::npos;
    send(std::exchange(head_, {}) + (is_binary ? "~{" : "{") + std::to_string(octets.size()) +
         "}\r\n");
    utf8_open_ = utf8_;
    held_ = keystore::SecretBytes{octets_of(octets)};
    ask(State::line);
}

void AppendCommand::ask(State then) {
    then_ = then;
    state_ = State::asking;
}

bool AppendCommand::on_continuation() {
    if (state_ == State::asking) {
        send(held_.expose_text());
        held_ = {};
        state_ = then_;
        return true;
    }
    if (state_ == State::cancelling) {
        send("\r\n");
        return true;
    }
    return false;
}

bool AppendCommand::on_tagged(std::string_view line, bool ok) {
    switch (state_) {
        case State::asking:
            server_is_done_ = true;
            // It can't have stored what it has not got (REL-02).
            refuse(ok ? tag_ + " NO paperknife: the server has not waited for the message.\r\n"
                      : std::string{line},
                   then_ == State::passing);
            return true;
        case State::cancelling:
            for_client_ += answer_;
            state_ = State::done;
            return true;
        default:
            // It may say so before it has read the command to its end (RFC 7888, 4).
            answered_ = true;
            return false;
    }
}

/// The answer is given at the command's end: until then the client sends, and reads nothing.
void AppendCommand::refuse(std::string answer, bool inside_literal) {
    refused_ = true;
    answer_ = std::move(answer);
    held_ = {};
    head_.clear();
    state_ = inside_literal ? State::dropping : State::line;
}

void AppendCommand::end() {
    state_ = State::done;
    if (!refused_) return;
    if (!begun_ || server_is_done_) {
        for_client_ += answer_;
    } else if (answered_) {
        send(utf8_open_ ? ")\r\n" : "\r\n");
    } else {
        // A message of no octets takes the ones before back (RFC 3502, 6.3.11).
        send(utf8_open_ ? ") {0}\r\n" : " {0}\r\n");
        state_ = State::cancelling;
    }
}

void AppendCommand::send(std::string_view octets) {
    begun_ = true;
    for_server_ += octets;
}

void AppendCommand::notify(const std::string& text, bool passes) {
    if (text.empty()) return;
    notices_.push_back({text, passes && rules_.copies == PlaintextCopies::warn});
}

}  // namespace proxy
