#include "proxy/own_folder.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <system_error>

#include "proxy/descriptor.hpp"

namespace proxy {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void fail(const fs::path& path, std::string_view what) {
    throw std::runtime_error(path.string() + " can't be " + std::string{what} + ": " +
                             std::strerror(errno));
}

void make_folder(const fs::path& path) {
    std::error_code error;
    fs::create_directories(path.parent_path(), error);
    if (::mkdir(path.c_str(), 0700) != 0 && errno != EEXIST) fail(path, "made");
}

void write_all(const Descriptor& descriptor, keystore::BytesView octets, const fs::path& path) {
    while (!octets.empty()) {
        const auto count = ::write(descriptor.number(), octets.data(), octets.size());
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) fail(path, "written");
        octets = octets.subspan(static_cast<std::size_t>(count));
    }
    if (::fsync(descriptor.number()) != 0) fail(path, "written");
}

/// A file that goes when this does.
struct Temporary {
    fs::path path;
    ~Temporary() { ::unlink(path.c_str()); }
};

}  // namespace

OwnFolder::OwnFolder(fs::path path) : path_{std::move(path)} {
    make_folder(path_);
    if (!fs::is_directory(path_)) {
        errno = ENOTDIR;
        fail(path_, "used as a folder");
    }
}

fs::path OwnFolder::add(const std::string& name, keystore::BytesView octets) const {
    auto file = path_ / name;
    const Temporary unfinished{path_ / ("." + name + "." + std::to_string(::getpid()))};
    Descriptor descriptor{::open(unfinished.path.c_str(),
                                 O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600)};
    if (!descriptor) fail(unfinished.path, "written");
    write_all(descriptor, octets, unfinished.path);
    if (!descriptor.close()) fail(unfinished.path, "written");
    // Unlike rename(2) this takes nobody's place.
    if (::link(unfinished.path.c_str(), file.c_str()) != 0) {
        if (errno == EEXIST)
            throw std::runtime_error(file.string() +
                                     " is there already, and stays as it is; give the new one "
                                     "another name");
        fail(file, "written");
    }
    return file;
}

fs::path OwnFolder::move_aside(const std::string& name) const {
    const auto aside = path_ / "removed";
    make_folder(aside);
    const auto file = path_ / name;
    for (int number = 0;; ++number) {
        auto to = aside / (name + (number > 0 ? "." + std::to_string(number) : ""));
        if (::link(file.c_str(), to.c_str()) == 0) {
            if (::unlink(file.c_str()) != 0) fail(file, "moved");
            return to;
        }
        if (errno != EEXIST) fail(file, "moved to " + to.string());
    }
}

}  // namespace proxy
