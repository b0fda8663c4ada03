// Loaded before the program (LD_PRELOAD): lets one call of a session's sockets fail, the one that
// the test has chosen in the memory that both share ($FAIL_ONCE names the file; without it none
// fails). Reads and writes are counted from when the test sets it up. With $NO_NETLINK there are no
// sockets to the kernel, as in some containers.

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <cstdlib>

namespace {

enum How : std::int64_t { short_, end, reset, interrupted, no_memory };

/// What the test writes: the number of the call that fails, 0 for none, and how; and reads: how
/// many there were.
struct Plan {
    std::atomic<std::int64_t> at, how, count;
};

Plan* plan() {
    static Plan* const shared = []() -> Plan* {
        const char* name = std::getenv("FAIL_ONCE");
        if (!name) return nullptr;
        const int file = ::open(name, O_RDWR | O_CLOEXEC);
        if (file < 0) std::abort();
        void* memory = ::mmap(nullptr, sizeof(Plan), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
        ::close(file);
        if (memory == MAP_FAILED) std::abort();
        return static_cast<Plan*>(memory);
    }();
    return shared;
}

template <class Function>
Function* next(const char* name) {
    return reinterpret_cast<Function*>(::dlsym(RTLD_NEXT, name));
}

/// What happens to this call: 1 nothing, 0 it reads one octet only, -1 it fails with errno, -2 the
/// other side has closed. A short write is none that a kernel makes while there is room: epoll
/// would not tell of the room then (edge-triggered).
int fate(bool reads) {
    if (!plan()) return 1;
    auto& shared = *plan();
    const auto count = ++shared.count;
    if (shared.at == 0 || count != shared.at) return 1;
    switch (shared.how.load()) {
        case short_:
            return reads ? 0 : 1;
        case end:
            if (reads) return -2;
            errno = EPIPE;
            return -1;
        case reset:
            errno = ECONNRESET;
            return -1;
        case interrupted:
            errno = EINTR;
            return -1;
        case no_memory:
            errno = reads ? ENOMEM : ENOBUFS;
            return -1;
        default:
            std::abort();
    }
}

bool is_stream_socket(int descriptor) {
    int type = 0, domain = 0;
    socklen_t size = sizeof type, domain_size = sizeof domain;
    return ::getsockopt(descriptor, SOL_SOCKET, SO_TYPE, &type, &size) == 0 &&
           type == SOCK_STREAM &&
           ::getsockopt(descriptor, SOL_SOCKET, SO_DOMAIN, &domain, &domain_size) == 0 &&
           (domain == AF_INET || domain == AF_INET6);
}

}  // namespace

extern "C" {

int socket(int domain, int type, int protocol) {
    static auto* const real = next<int(int, int, int)>("socket");
    if (domain == AF_NETLINK && std::getenv("NO_NETLINK")) {
        errno = EAFNOSUPPORT;
        return -1;
    }
    return real(domain, type, protocol);
}

ssize_t recvmsg(int descriptor, msghdr* message, int flags) {
    static auto* const real = next<ssize_t(int, msghdr*, int)>("recvmsg");
    const int what = is_stream_socket(descriptor) ? fate(true) : 1;
    if (what == -2) return 0;
    if (what == -1) return -1;
    if (what == 0 && message->msg_iovlen > 0) {
        iovec one{message->msg_iov[0].iov_base,
                  std::min<std::size_t>(1, message->msg_iov[0].iov_len)};
        msghdr shorter = *message;
        shorter.msg_iov = &one;
        shorter.msg_iovlen = 1;
        return real(descriptor, &shorter, flags);
    }
    return real(descriptor, message, flags);
}

ssize_t recv(int descriptor, void* octets, size_t size, int flags) {
    static auto* const real = next<ssize_t(int, void*, size_t, int)>("recv");
    const int what = is_stream_socket(descriptor) ? fate(true) : 1;
    if (what == -2) return 0;
    if (what == -1) return -1;
    return real(descriptor, octets, what == 0 ? std::min<size_t>(1, size) : size, flags);
}

ssize_t sendmsg(int descriptor, const msghdr* message, int flags) {
    static auto* const real = next<ssize_t(int, const msghdr*, int)>("sendmsg");
    if (is_stream_socket(descriptor) && fate(false) < 0) return -1;
    return real(descriptor, message, flags);
}

ssize_t send(int descriptor, const void* octets, size_t size, int flags) {
    static auto* const real = next<ssize_t(int, const void*, size_t, int)>("send");
    if (is_stream_socket(descriptor) && fate(false) < 0) return -1;
    return real(descriptor, octets, size, flags);
}

}  // extern "C"
