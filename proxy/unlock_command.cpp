#include "proxy/unlock_command.hpp"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <optional>
#include <utility>

#include "proxy/config.hpp"
#include "proxy/descriptor.hpp"
#include "proxy/unlock_line.hpp"

namespace proxy {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds tick{50};

[[noreturn]] void refuse(const std::string& what) {
    throw ConfigError("keystore.unlock.command: " + what +
                      "; run it by hand: its first line of output is the passphrase");
}

/// Command owns a running command, killed with what it started if it still runs when this ends.
class Command {
public:
    explicit Command(const std::string& text);
    ~Command() {
        if (process_ > 0) {
            ::kill(own_group_ ? -process_ : process_, SIGKILL);
            ::waitpid(process_, nullptr, 0);
        }
    }
    Command(const Command&) = delete;
    Command& operator=(const Command&) = delete;

    int output() const { return output_.number(); }
    /// What waitpid(2) says of it once it has ended.
    std::optional<int> status() {
        int status = 0;
        if (process_ > 0 && ::waitpid(process_, &status, WNOHANG) == process_) {
            process_ = -1;
            status_ = status;
        }
        return status_;
    }

private:
    Descriptor output_;
    pid_t process_ = -1;
    bool own_group_ = false;
    std::optional<int> status_;
};

Command::Command(const std::string& text) {
    int ends[2] = {-1, -1};
    if (::pipe2(ends, O_CLOEXEC) != 0) refuse(std::strerror(errno));
    output_ = Descriptor{ends[0]};
    const Descriptor input{ends[1]};

    // At a terminal the command stays in our group: it may ask there, and Ctrl-C ends us both.
    own_group_ = !::isatty(STDIN_FILENO) && !::isatty(STDERR_FILENO);
    sigset_t none, defaults;
    ::sigemptyset(&none);
    ::sigemptyset(&defaults);
    ::sigaddset(&defaults, SIGPIPE);
    posix_spawnattr_t attributes;
    posix_spawn_file_actions_t files;
    ::posix_spawnattr_init(&attributes);
    ::posix_spawn_file_actions_init(&files);
    const int group_flag = own_group_ ? POSIX_SPAWN_SETPGROUP : 0;
    ::posix_spawnattr_setflags(&attributes, static_cast<short>(POSIX_SPAWN_SETSIGMASK |
                                                               POSIX_SPAWN_SETSIGDEF | group_flag));
    ::posix_spawnattr_setsigmask(&attributes, &none);
    ::posix_spawnattr_setsigdefault(&attributes, &defaults);
    ::posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    ::posix_spawn_file_actions_adddup2(&files, input.number(), STDOUT_FILENO);
    ::posix_spawn_file_actions_addclosefrom_np(&files, STDERR_FILENO + 1);

    std::string shell = "sh", option = "-c", copy = text;
    const std::array<char*, 4> arguments = {shell.data(), option.data(), copy.data(), nullptr};
    const int error =
        ::posix_spawn(&process_, "/bin/sh", &files, &attributes, arguments.data(), environ);
    ::posix_spawn_file_actions_destroy(&files);
    ::posix_spawnattr_destroy(&attributes);
    if (error != 0) {
        process_ = -1;
        refuse(std::string{"/bin/sh can't be run: "} + std::strerror(error));
    }
}

void check(int status) {
    if (WIFSIGNALED(status)) {
        refuse("it was ended by signal " + std::to_string(WTERMSIG(status)));
    }
    if (WEXITSTATUS(status) != 0) {
        refuse("it ended with exit status " + std::to_string(WEXITSTATUS(status)));
    }
}

}  // namespace

keystore::SecretBytes passphrase_from_command(const std::string& text,
                                              std::chrono::milliseconds limit) {
    const auto deadline = Clock::now() + limit;
    Command command{text};
    FirstLine line;
    keystore::SecretBytes piece(FirstLine::limit);
    bool open = true;
    for (;;) {
        // Asked before looking at the output: all that an ended command wrote is there then. What
        // it left in the background may hold the output open for ever.
        const auto status = command.status();
        pollfd output{open ? command.output() : -1, POLLIN, 0};
        if (::poll(&output, 1, status ? 0 : static_cast<int>(tick.count())) > 0) {
            const auto count = read_some(command.output(), piece.expose().data(), piece.size());
            open = count > 0;
            const auto octets =
                std::as_const(piece).expose().first(open ? static_cast<std::size_t>(count) : 0);
            if (!line.add(octets)) refuse("its first line is too long for a passphrase");
        } else if (status) {
            check(*status);
            break;
        }
        if (Clock::now() >= deadline) {
            const auto seconds = std::chrono::ceil<std::chrono::seconds>(limit).count();
            refuse("it did not end within " + std::to_string(seconds) + " seconds");
        }
    }
    auto passphrase = line.take();
    if (passphrase.empty()) refuse("its first line of output is empty");
    return passphrase;
}

}  // namespace proxy
