#include "proxy/state_directory.hpp"

#include <sys/stat.h>

#include <cstdlib>

#include "proxy/config_path.hpp"

namespace proxy {

std::optional<std::filesystem::path> state_directory() {
    // A relative value is invalid and to be ignored (XDG Base Directory Specification, 1).
    const char* state = std::getenv("XDG_STATE_HOME");
    if (state && state[0] == '/') return std::filesystem::path{state} / "paperknife";
    const auto home = home_directory();
    if (!home) return std::nullopt;
    return *home / ".local/state/paperknife";
}

void make_state_directory(const std::filesystem::path& directory) {
    std::error_code ignored;
    std::filesystem::create_directories(directory.parent_path(), ignored);
    ::mkdir(directory.c_str(), 0700);
}

}  // namespace proxy
