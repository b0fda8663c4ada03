#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "proxy/config.hpp"

/// Whatever a configuration says: it is read, or refused with printable lines that name the file.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* octets, size_t size) {
    constexpr std::string_view file = "/nowhere/config.toml";
    try {
        const auto config =
            proxy::Config::parse({reinterpret_cast<const char*>(octets), size}, file);
        for (const auto& account : config.accounts) {
            if (account.name.empty() ||
                (account.listen.host.empty() && account.listen.path.empty()))
                std::abort();
            if (account.server.host.empty() || account.server.port == 0) std::abort();
        }
    } catch (const proxy::ConfigError& error) {
        const std::string_view text = error.what();
        const auto is_control = [](char octet) {
            return static_cast<unsigned char>(octet) < 0x20 && octet != '\n';
        };
        if (!text.starts_with(file)) std::abort();
        if (std::any_of(text.begin(), text.end(), is_control)) std::abort();
    }
    return 0;
}
