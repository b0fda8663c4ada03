#include "proxy/unlock_prompt.hpp"

#include <fcntl.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <utility>

#include "proxy/config.hpp"
#include "proxy/descriptor.hpp"
#include "proxy/unlock_line.hpp"

namespace proxy {
namespace {

constexpr std::array signals = {SIGINT,  SIGTERM, SIGHUP,  SIGQUIT,
                                SIGALRM, SIGTSTP, SIGTTIN, SIGTTOU};

volatile std::sig_atomic_t caught = 0;

void note(int signal) {
    caught = signal;
}

/// Keeps signals from ending us with the echo off: noted while this lives, as before afterwards.
class NotedSignals {
public:
    NotedSignals() {
        caught = 0;
        struct sigaction action {};
        action.sa_handler = note;  // without SA_RESTART: read() is to return
        ::sigemptyset(&action.sa_mask);
        for (std::size_t i = 0; i < signals.size(); ++i) {
            ::sigaction(signals[i], &action, &before_[i]);
        }
    }
    ~NotedSignals() {
        for (std::size_t i = 0; i < signals.size(); ++i) {
            ::sigaction(signals[i], &before_[i], nullptr);
        }
    }
    NotedSignals(const NotedSignals&) = delete;
    NotedSignals& operator=(const NotedSignals&) = delete;

private:
    std::array<struct sigaction, signals.size()> before_{};
};

/// The terminal's echo is off while this lives. What was typed ahead is dropped both times: it was
/// not meant for us, and what follows an interrupted passphrase not for the shell.
class EchoOff {
public:
    explicit EchoOff(int terminal) : terminal_{terminal} {
        if (::tcgetattr(terminal_, &before_) != 0) return;
        termios silent = before_;
        silent.c_lflag &= ~static_cast<tcflag_t>(ECHO | ECHONL);
        changed_ = ::tcsetattr(terminal_, TCSAFLUSH, &silent) == 0;
    }
    ~EchoOff() {
        if (changed_) ::tcsetattr(terminal_, TCSAFLUSH, &before_);
    }
    EchoOff(const EchoOff&) = delete;
    EchoOff& operator=(const EchoOff&) = delete;

    explicit operator bool() const { return changed_; }

private:
    int terminal_;
    termios before_{};
    bool changed_ = false;
};

void write_text(int terminal, std::string_view text) {
    while (!text.empty()) {
        const auto count = ::write(terminal, text.data(), text.size());
        if (count <= 0) return;
        text.remove_prefix(static_cast<std::size_t>(count));
    }
}

enum class Ending { line, end_of_input, signal, failure };

struct Answer {
    Ending ending = Ending::failure;
    keystore::SecretBytes line;
};

Answer read_line(int terminal) {
    FirstLine line;
    keystore::SecretBytes piece(FirstLine::limit);
    const auto count = ::read(terminal, piece.expose().data(), piece.size());
    if (caught != 0) return {Ending::signal, {}};
    if (count < 0) return {Ending::failure, {}};
    if (count == 0) return {Ending::end_of_input, {}};
    line.add(std::as_const(piece).expose().first(static_cast<std::size_t>(count)));
    return {Ending::line, line.take()};
}

Answer ask(int terminal, std::string_view text) {
    const NotedSignals noted;
    const EchoOff echo_off{terminal};
    if (!echo_off) return {caught != 0 ? Ending::signal : Ending::failure, {}};
    write_text(terminal, text);
    auto answer = read_line(terminal);
    write_text(terminal, "\n");
    return answer;
}

}  // namespace

std::optional<keystore::SecretBytes> prompt_for_passphrase(std::string_view text) {
    const Descriptor terminal{::open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY)};
    if (!terminal) {
        throw ConfigError(
            "keystore.unlock.prompt: there is no terminal to ask for the passphrase; start "
            "paperknife at one, or write unlock = { command = \"…\" } or { file = \"…\" }");
    }
    for (;;) {
        auto answer = ask(terminal.number(), text);
        switch (answer.ending) {
            case Ending::line:
                return std::move(answer.line);
            case Ending::end_of_input:
                return std::nullopt;
            case Ending::signal:
                // Its own effect now: we end, or we stop and ask again when we go on.
                std::raise(caught);
                continue;
            case Ending::failure:
                throw ConfigError(std::string{"keystore.unlock.prompt: the terminal fails: "} +
                                  std::strerror(errno) + "; write unlock = { file = \"…\" }");
        }
    }
}

}  // namespace proxy
