#include "proxy/config_path.hpp"

#include <fcntl.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>

namespace proxy {
namespace {

std::string problem(const std::filesystem::path& path, int access, bool directory) {
    struct stat about {};
    const std::string what = (directory ? "the directory " : "the file ") + path.string();
    if (::stat(path.c_str(), &about) != 0) {
        const int error = errno;
        if (error == ENOENT) return what + " is not there; create it or name another";
        return what + " can't be looked at: " + std::strerror(error) +
               "; mend that or name another";
    }
    if (directory && !S_ISDIR(about.st_mode)) return what + " is none; name a directory";
    if (!directory && S_ISDIR(about.st_mode)) return what + " is a directory; name a file in it";
    if (::faccessat(AT_FDCWD, path.c_str(), access, AT_EACCESS) != 0) {
        return what + " can't be read: " + std::strerror(errno) + "; check its owner and mode";
    }
    return {};
}

}  // namespace

std::optional<std::filesystem::path> home_directory() {
    const char* home = std::getenv("HOME");
    if (home && home[0] == '/') return home;
    const passwd* user = ::getpwuid(::geteuid());
    if (user && user->pw_dir && user->pw_dir[0] == '/') return user->pw_dir;
    return std::nullopt;
}

std::optional<std::filesystem::path> expand_path(std::string_view text,
                                                 const std::filesystem::path& base) {
    if (text.empty()) return std::nullopt;
    if (text.front() == '~') {
        const auto home = home_directory();
        if (!home || (text.size() > 1 && text[1] != '/')) return std::nullopt;
        return (*home / text.substr(std::min<std::size_t>(text.size(), 2))).lexically_normal();
    }
    return (base / text).lexically_normal();
}

std::string problem_with_file(const std::filesystem::path& file) {
    return problem(file, R_OK, false);
}

std::string problem_with_directory(const std::filesystem::path& directory) {
    return problem(directory, R_OK | X_OK, true);
}

}  // namespace proxy
