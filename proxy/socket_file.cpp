#include "proxy/socket_file.hpp"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <system_error>

#include "proxy/descriptor.hpp"

namespace proxy {
namespace {

[[noreturn]] void fail(const std::string& what) {
    throw std::system_error{errno, std::generic_category(), what};
}

/// errno of connecting; 0 if somebody listens.
int try_to_connect(const std::filesystem::path& path) {
    const Descriptor socket{::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)};
    if (!socket) fail("a socket");
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.native().size() >= sizeof address.sun_path) return ENAMETOOLONG;
    std::memcpy(address.sun_path, path.c_str(), path.native().size());
    const auto* as_any = reinterpret_cast<const sockaddr*>(&address);
    return ::connect(socket.number(), as_any, sizeof address) == 0 ? 0 : errno;
}

}  // namespace

SocketFile::SocketFile(std::filesystem::path path) {
    struct stat about {};
    if (::chmod(path.c_str(), S_IRUSR | S_IWUSR) != 0) fail("chmod 600");
    if (::lstat(path.c_str(), &about) != 0) fail("stat");
    path_ = std::move(path);
    device_ = about.st_dev;
    inode_ = about.st_ino;
}

void SocketFile::remove() {
    const auto path = std::exchange(path_, {});
    struct stat about {};
    if (path.empty() || ::lstat(path.c_str(), &about) != 0) return;
    if (about.st_dev == device_ && about.st_ino == inode_) ::unlink(path.c_str());
}

void remove_stale_socket(const std::filesystem::path& path) {
    struct stat about {};
    if (::lstat(path.c_str(), &about) != 0) return;  // binding says what is wrong, if anything is
    if (!S_ISSOCK(about.st_mode)) {
        throw std::runtime_error{"there is a file of that name; remove it or name another"};
    }
    if (about.st_uid != ::geteuid()) {
        throw std::runtime_error{"the socket there belongs to another user; name another"};
    }
    const int error = try_to_connect(path);
    if (error != ECONNREFUSED) {
        throw std::runtime_error{error == 0 || error == EAGAIN
                                     ? "somebody listens there; is another paperknife running?"
                                     : std::string{"the socket there can't be tried: "} +
                                           std::strerror(error)};
    }
    if (::unlink(path.c_str()) != 0) fail("removing the socket that nobody listens on");
}

}  // namespace proxy
