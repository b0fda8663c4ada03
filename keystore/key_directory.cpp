#include "keystore/key_directory.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>

#include "keystore/limits.hpp"

namespace keystore {
namespace {

/// As a shell reads it back.
std::string quoted(const std::filesystem::path& path) {
    constexpr std::string_view plain =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789/._-+@%:,=";
    std::string text = path.string();
    if (text.find_first_not_of(plain) == std::string::npos) return text;
    std::string out = "'";
    for (const char c : text) out += c == '\'' ? std::string{"'\\''"} : std::string{c};
    return out + '\'';
}

/// What is wrong is told of the subject: a file is "it", since whoever reports it has named it.
void check_owner(const struct stat& status, const std::string& subject,
                 const std::filesystem::path& path) {
    const uid_t user = geteuid();
    if (status.st_uid == user) return;
    throw KeyFileError{subject + " belongs to the user with number " +
                       std::to_string(status.st_uid) + ", not to you: chown " +
                       std::to_string(user) + ' ' + quoted(path)};
}

void check_mode(const struct stat& status, mode_t forbidden, const char* mode,
                const std::string& subject, const std::filesystem::path& path) {
    if ((status.st_mode & forbidden) == 0) return;
    throw KeyFileError{subject + " is open to other users: chmod " + mode + ' ' + quoted(path)};
}

[[noreturn]] void throw_unreadable(const std::filesystem::path& directory) {
    throw KeyFileError{"the key directory " + quoted(directory) +
                       " can't be read: " + std::strerror(errno)};
}

SecretBytes read_all(int descriptor, std::size_t size) {
    SecretBytes octets{size + 1};  // one more, to see that the file does not grow
    std::size_t have = 0;
    while (have < octets.size()) {
        const ssize_t count =
            ::read(descriptor, octets.expose().data() + have, octets.size() - have);
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) throw KeyFileError{std::string{"it can't be read: "} + std::strerror(errno)};
        if (count == 0) break;
        have += static_cast<std::size_t>(count);
    }
    if (have > size) throw KeyFileError{"it changed while it was read"};
    octets.resize(have);
    return octets;
}

}  // namespace

KeyDirectory::KeyDirectory(std::filesystem::path path)
    : path_{std::move(path)}, descriptor_{open(path_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)} {
    if (!descriptor_.is_open() && errno == ENOENT)
        throw KeyFileError{"there is no key directory " + quoted(path_) + ": mkdir -m 700 " +
                           quoted(path_)};
    struct stat status {};
    if (!descriptor_.is_open() || fstat(descriptor_.number(), &status) != 0)
        throw_unreadable(path_);
    check_owner(status, quoted(path_), path_);
    check_mode(status, S_IRWXG | S_IRWXO, "700", quoted(path_), path_);
}

std::vector<std::string> KeyDirectory::names() const {
    struct Close {
        void operator()(DIR* stream) const { closedir(stream); }
    };
    // A stream of its own: fdopendir takes the descriptor over.
    const int again = openat(descriptor_.number(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    const std::unique_ptr<DIR, Close> stream{again < 0 ? nullptr : fdopendir(again)};
    if (!stream) throw_unreadable(path_);
    std::vector<std::string> names;
    while (const dirent* entry = readdir(stream.get()))
        if (entry->d_name[0] != '.') names.emplace_back(entry->d_name);
    std::sort(names.begin(), names.end());
    return names;
}

SecretBytes KeyDirectory::read(const std::string& name, Content content) const {
    // Not to wait for the writer of a pipe.
    const Descriptor file{
        openat(descriptor_.number(), name.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC)};
    struct stat status {};
    if (!file.is_open() || fstat(file.number(), &status) != 0)
        throw KeyFileError{std::string{"it can't be read: "} + std::strerror(errno)};
    const std::filesystem::path path = path_ / name;
    if (!S_ISREG(status.st_mode)) throw KeyFileError{"it is not a file"};
    check_owner(status, "it", path);
    switch (content) {
        case Content::secret:
            check_mode(status, S_IRWXG | S_IRWXO, "600", "it", path);
            break;
        case Content::is_public:
            check_mode(status, S_IWGRP | S_IWOTH, "go-w", "it", path);
            break;
    }
    const auto size = static_cast<std::uint64_t>(status.st_size);
    if (size > limits::key_file) throw KeyFileError{"it is too large for a key file"};
    return read_all(file.number(), static_cast<std::size_t>(size));
}

}  // namespace keystore
