#pragma once

#include <sys/types.h>

#include <filesystem>
#include <utility>

namespace proxy {

/// SocketFile is the file of a local socket that listens: removed with the object, unless another
/// has been put in its place meanwhile.
class SocketFile {
public:
    SocketFile() = default;
    /// Of a socket that was just bound there: makes it the user's own (mode 0600). Throws
    /// std::system_error.
    explicit SocketFile(std::filesystem::path path);
    ~SocketFile() { remove(); }
    SocketFile(SocketFile&& other) noexcept { swap(other); }
    SocketFile& operator=(SocketFile&& other) noexcept {
        swap(other);
        return *this;
    }
    SocketFile(const SocketFile&) = delete;
    SocketFile& operator=(const SocketFile&) = delete;

    void remove();

private:
    void swap(SocketFile& other) noexcept {
        std::swap(path_, other.path_);
        std::swap(device_, other.device_);
        std::swap(inode_, other.inode_);
    }

    std::filesystem::path path_;
    dev_t device_ = 0;
    ino_t inode_ = 0;
};

/// Removes a socket's file that a process has left behind: one that nobody listens on. Throws
/// std::runtime_error if somebody does, or if the file is none of ours.
void remove_stale_socket(const std::filesystem::path& path);

}  // namespace proxy
