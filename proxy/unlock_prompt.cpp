#include "proxy/unlock_prompt.hpp"

#include <fcntl.h>
#include <poll.h>
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

// These come at any time, those come to a background process that uses its terminal.
constexpr std::array sudden = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGALRM, SIGTSTP};
constexpr std::array of_job_control = {SIGTTIN, SIGTTOU};

volatile std::sig_atomic_t caught = 0;  // a handler can reach nothing else

void note(int signal) {
    caught = signal;
}

/// Keeps signals from ending us with the echo off: noted while this lives, as before afterwards.
/// The sudden ones come only during wait_for_input(), so that none falls between a look at caught
/// and a read().
class NotedSignals {
public:
    NotedSignals() {
        caught = 0;
        sigset_t blocked;
        ::sigemptyset(&blocked);
        for (const int signal : sudden) ::sigaddset(&blocked, signal);
        ::pthread_sigmask(SIG_BLOCK, &blocked, &mask_before_);
        struct sigaction action {};
        action.sa_handler = note;  // without SA_RESTART: system calls are to return
        ::sigemptyset(&action.sa_mask);
        std::size_t i = 0;
        for (const int signal : sudden) ::sigaction(signal, &action, &before_[i++]);
        for (const int signal : of_job_control) ::sigaction(signal, &action, &before_[i++]);
    }
    ~NotedSignals() {
        std::size_t i = 0;
        for (const int signal : sudden) ::sigaction(signal, &before_[i++], nullptr);
        for (const int signal : of_job_control) ::sigaction(signal, &before_[i++], nullptr);
        // Last: what waits has its own effect again.
        ::pthread_sigmask(SIG_SETMASK, &mask_before_, nullptr);
    }
    NotedSignals(const NotedSignals&) = delete;
    NotedSignals& operator=(const NotedSignals&) = delete;

    /// False if a signal came first.
    bool wait_for_input(int terminal) const {
        pollfd input{terminal, POLLIN, 0};
        while (::ppoll(&input, 1, nullptr, &mask_before_) < 0) {
            if (errno != EINTR || caught != 0) return false;
        }
        return true;
    }

private:
    std::array<struct sigaction, sudden.size() + of_job_control.size()> before_{};
    sigset_t mask_before_{};
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

Answer read_line(int terminal, const NotedSignals& noted) {
    if (!noted.wait_for_input(terminal)) {
        return {caught != 0 ? Ending::signal : Ending::failure, {}};
    }
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
    auto answer = read_line(terminal, noted);
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
