#include "proxy/command_keys.hpp"

#include <cstdio>

#include "proxy/log.hpp"

namespace proxy {

void refuse(const std::string& text) {
    std::fprintf(stderr, "paperknife: %s\n", log::one_line(text).c_str());
}

void tell_how_to_apply(const std::string& hint) {
    if (!hint.empty()) std::printf("To have it used, %s\n", log::one_line(hint).c_str());
    std::puts("A running paperknife reads it after: systemctl --user reload paperknife (SIGHUP)");
}

}  // namespace proxy
