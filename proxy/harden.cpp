#include "proxy/harden.hpp"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <system_error>

namespace proxy {

namespace {

/// Keeps 0, 1 and 2 from becoming a socket's or a file's number: what is written to a closed
/// standard output would go there. Opened the wrong way round, so that using them stays an error.
void occupy_standard_descriptors() {
    for (const int number : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
        if (::fcntl(number, F_GETFD) >= 0) continue;
        if (::open("/dev/null", number == STDIN_FILENO ? O_WRONLY : O_RDONLY) != number) {
            throw std::system_error(errno, std::generic_category(), "opening /dev/null");
        }
    }
}

}  // namespace

void harden() {
    occupy_standard_descriptors();
    const rlimit none{0, 0};
    if (::setrlimit(RLIMIT_CORE, &none) != 0 || ::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0) {
        throw std::system_error(errno, std::generic_category(), "forbidding core dumps");
    }
    ::umask(S_IRWXG | S_IRWXO);
    std::signal(SIGPIPE, SIG_IGN);
}

}  // namespace proxy
