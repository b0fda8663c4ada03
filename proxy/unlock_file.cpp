#include "proxy/unlock_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "proxy/config.hpp"
#include "proxy/descriptor.hpp"
#include "proxy/log.hpp"
#include "proxy/unlock_line.hpp"

namespace proxy {
namespace {

[[noreturn]] void refuse(const std::filesystem::path& file, const std::string& what) {
    throw ConfigError(log::one_line("keystore.unlock.file: " + file.string() + ": " + what));
}

void check_mode(const std::filesystem::path& file, int descriptor) {
    struct stat about {};
    if (::fstat(descriptor, &about) != 0) refuse(file, std::strerror(errno));
    if (!S_ISREG(about.st_mode)) refuse(file, "this is not an ordinary file; name one");
    if (about.st_uid != ::geteuid()) {
        refuse(file, "this file belongs to another user; make one of your own");
    }
    if ((about.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
        refuse(file, "others may read or write this file; forbid it: chmod 600 " + file.string());
    }
}

}  // namespace

keystore::SecretBytes passphrase_from_file(const std::filesystem::path& file) {
    // Not blocking: a FIFO with no writer would keep us for ever, before its type could be seen.
    const Descriptor descriptor{::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK)};
    if (!descriptor) refuse(file, std::string{std::strerror(errno)} + "; check its place and mode");
    check_mode(file, descriptor.number());

    FirstLine line;
    keystore::SecretBytes piece(FirstLine::limit);
    ssize_t count = 0;
    while ((count = read_some(descriptor.number(), piece.expose().data(), piece.size())) > 0) {
        const auto octets = std::as_const(piece).expose().first(static_cast<std::size_t>(count));
        if (!line.add(octets)) refuse(file, "its first line is too long for a passphrase");
    }
    if (count < 0) refuse(file, std::string{"this can't be read: "} + std::strerror(errno));
    auto passphrase = line.take();
    if (passphrase.empty()) refuse(file, "its first line is empty; write the passphrase there");
    return passphrase;
}

}  // namespace proxy
