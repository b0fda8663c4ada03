#include "proxy/peer.hpp"

#include <sys/socket.h>

#ifdef __linux__

#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <netinet/tcp.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <string>

#include "proxy/descriptor.hpp"

namespace proxy {
namespace {

/// The four numbers of a connection as its other end sees them, in network order.
struct Connection {
    int family = AF_INET;
    in_port_t local_port = 0, remote_port = 0;
    std::array<std::uint32_t, 4> local{}, remote{};
};

bool put_address(const sockaddr_storage& from, in_port_t& port,
                 std::array<std::uint32_t, 4>& address) {
    if (from.ss_family == AF_INET) {
        sockaddr_in v4{};
        std::memcpy(&v4, &from, sizeof v4);
        port = v4.sin_port;
        address[0] = v4.sin_addr.s_addr;
        return true;
    }
    if (from.ss_family != AF_INET6) return false;
    sockaddr_in6 v6{};
    std::memcpy(&v6, &from, sizeof v6);
    port = v6.sin6_port;
    std::memcpy(address.data(), &v6.sin6_addr, sizeof v6.sin6_addr);
    return true;
}

std::optional<Connection> other_end(int socket) {
    Connection connection;
    sockaddr_storage ours{}, theirs{};
    socklen_t size = sizeof ours;
    if (::getsockname(socket, reinterpret_cast<sockaddr*>(&ours), &size) != 0) return std::nullopt;
    size = sizeof theirs;
    if (::getpeername(socket, reinterpret_cast<sockaddr*>(&theirs), &size) != 0)
        return std::nullopt;
    connection.family = ours.ss_family;
    if (!put_address(theirs, connection.local_port, connection.local) ||
        !put_address(ours, connection.remote_port, connection.remote)) {
        return std::nullopt;
    }
    return connection;
}

/// What one owner's answer is worth. A socket whose process has gone belongs to nobody: it has no
/// inode, and the kernel then says user 0.
std::optional<uid_t> owner(uid_t user, unsigned long inode) {
    if (inode == 0) return std::nullopt;
    return user;
}

struct Request {
    nlmsghdr header;
    inet_diag_req_v2 body;
};

struct Answer {
    nlmsghdr header;
    inet_diag_msg body;
};

struct Answered {
    bool asked = false;  ///< false: the kernel can't be asked
    std::optional<uid_t> user{};
};

/// Asks the kernel for the one socket (sock_diag(7)).
Answered ask_kernel(const Connection& connection) {
    const Descriptor kernel{::socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC, NETLINK_SOCK_DIAG)};
    if (!kernel) return {};
    Request request{};
    request.header.nlmsg_len = sizeof request;
    request.header.nlmsg_type = SOCK_DIAG_BY_FAMILY;
    request.header.nlmsg_flags = NLM_F_REQUEST;
    request.body.sdiag_family = static_cast<std::uint8_t>(connection.family);
    request.body.sdiag_protocol = IPPROTO_TCP;
    request.body.idiag_states = ~0U;
    request.body.id.idiag_sport = connection.local_port;
    request.body.id.idiag_dport = connection.remote_port;
    std::memcpy(request.body.id.idiag_src, connection.local.data(), sizeof connection.local);
    std::memcpy(request.body.id.idiag_dst, connection.remote.data(), sizeof connection.remote);
    request.body.id.idiag_cookie[0] = request.body.id.idiag_cookie[1] = INET_DIAG_NOCOOKIE;
    if (::send(kernel.number(), &request, sizeof request, 0) !=
        static_cast<ssize_t>(sizeof request)) {
        return {};
    }
    alignas(nlmsghdr) std::array<char, 8192> received{};
    // The answer is there when send returns: nothing is waited for.
    const auto count = ::recv(kernel.number(), received.data(), received.size(), MSG_DONTWAIT);
    Answer answer{};
    if (count < static_cast<ssize_t>(sizeof(nlmsghdr) + sizeof(nlmsgerr))) return {};
    std::memcpy(&answer, received.data(), std::min(sizeof answer, static_cast<std::size_t>(count)));
    if (answer.header.nlmsg_type == NLMSG_ERROR) {
        nlmsgerr error{};
        std::memcpy(&error, received.data() + sizeof(nlmsghdr), sizeof error);
        return {error.error == -ENOENT};
    }
    if (answer.header.nlmsg_type != SOCK_DIAG_BY_FAMILY ||
        count < static_cast<ssize_t>(sizeof answer)) {
        return {};
    }
    // Where there is no such connection, the kernel names whoever listens on its port.
    const auto& found = answer.body.id;
    if (found.idiag_sport != connection.local_port || found.idiag_dport != connection.remote_port) {
        return {true};
    }
    return {true, owner(answer.body.idiag_uid, answer.body.idiag_inode)};
}

/// As /proc/net/tcp writes an address and a port: words as this machine keeps them, in hexadecimal.
std::string proc_address(const std::uint32_t* words, std::size_t count, in_port_t port) {
    std::string text;
    std::array<char, 16> piece{};
    for (std::size_t i = 0; i < count; ++i) {
        std::snprintf(piece.data(), piece.size(), "%08X", words[i]);
        text += piece.data();
    }
    std::snprintf(piece.data(), piece.size(), ":%04X", ntohs(port));
    return text + piece.data();
}

std::optional<uid_t> look_into(const char* file, const std::string& local,
                               const std::string& remote) {
    std::ifstream table{file};
    std::string line;
    const auto wanted = " " + local + " " + remote + " ";
    while (std::getline(table, line)) {
        const auto at = line.find(wanted);
        if (at == std::string::npos) continue;
        unsigned user = 0;
        unsigned long inode = 0;
        // state, queues, timer, retransmissions, user, timeout, inode
        if (std::sscanf(line.c_str() + at + wanted.size(), "%*x %*x:%*x %*x:%*x %*x %u %*d %lu",
                        &user, &inode) == 2) {
            return owner(user, inode);
        }
    }
    return std::nullopt;
}

/// Where the kernel may not be asked (another process's rules forbid netlink, gVisor knows none).
std::optional<uid_t> look_into_proc(const Connection& connection) {
    const std::size_t words = connection.family == AF_INET ? 1 : 4;
    const auto* file = connection.family == AF_INET ? "/proc/self/net/tcp" : "/proc/self/net/tcp6";
    auto found =
        look_into(file, proc_address(connection.local.data(), words, connection.local_port),
                  proc_address(connection.remote.data(), words, connection.remote_port));
    if (found || connection.family != AF_INET) return found;
    // A socket of IPv6 can be connected to 127.0.0.1 (Java's are): it is ::ffff:127.0.0.1 there.
    const std::array<std::uint32_t, 4> local{0, 0, htonl(0xffff), connection.local[0]};
    const std::array<std::uint32_t, 4> remote{0, 0, htonl(0xffff), connection.remote[0]};
    return look_into("/proc/self/net/tcp6", proc_address(local.data(), 4, connection.local_port),
                     proc_address(remote.data(), 4, connection.remote_port));
}

}  // namespace

std::optional<uid_t> peer_user(int socket) {
    ucred credentials{};
    socklen_t size = sizeof credentials;
    int domain = 0;
    socklen_t domain_size = sizeof domain;
    if (::getsockopt(socket, SOL_SOCKET, SO_DOMAIN, &domain, &domain_size) != 0) {
        return std::nullopt;
    }
    if (domain == AF_UNIX) {
        if (::getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &credentials, &size) != 0) {
            return std::nullopt;
        }
        return credentials.uid;
    }
    const auto connection = other_end(socket);
    if (!connection) return std::nullopt;
    if (const auto answer = ask_kernel(*connection); answer.asked) return answer.user;
    return look_into_proc(*connection);
}

}  // namespace proxy

#else

namespace proxy {

std::optional<uid_t> peer_user(int) {
    return std::nullopt;
}

}  // namespace proxy

#endif
