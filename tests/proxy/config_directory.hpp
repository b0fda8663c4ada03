#pragma once

#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "proxy/config.hpp"
#include "tests/catch.hpp"

namespace tests {

/// Somebody's certificate, valid for a hundred years.
constexpr const char* any_certificate =
    "-----BEGIN CERTIFICATE-----\n"
    "MIIBcTCCARegAwIBAgIUaYgPu+DbrGexfK/RRyoVlchnpuYwCgYIKoZIzj0EAwIw\n"
    "DTELMAkGA1UEAwwCY2EwIBcNMjYxMTMwMTgwNjMwWhgPMjEyNjExMDYxODA2MzBa\n"
    "MA0xCzAJBgNVBAMMAmNhMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEX0Od0D1K\n"
    "+m0+8z6jGVWJzaUjsB5VDi3LxlS6eooOBy2J8dOev/cCak9nmW1kzAPLhl0h/UVS\n"
    "y1ldq1cuVzixXaNTMFEwHQYDVR0OBBYEFB28QWzj/Zp8YyHChqhho590KOLLMB8G\n"
    "A1UdIwQYMBaAFB28QWzj/Zp8YyHChqhho590KOLLMA8GA1UdEwEB/wQFMAMBAf8w\n"
    "CgYIKoZIzj0EAwIDSAAwRQIgIRWSz48Ub/XloDiHmzfjJhFhn6zITiwQNj7Bivq+\n"
    "YgICIQDIk6o1qurzSJgPeADL7wsFqL8rcmgsUuSLW653hoIPWg==\n"
    "-----END CERTIFICATE-----\n";

/// ConfigDirectory is a directory of its own with what configurations name: ca.pem, passphrase,
/// keys/.
class ConfigDirectory {
public:
    ConfigDirectory() {
        std::string name = (std::filesystem::temp_directory_path() / "paperknife-XXXXXX").string();
        REQUIRE(::mkdtemp(name.data()));
        path_ = name;
        std::filesystem::create_directory(path_ / "keys");
        write("ca.pem", any_certificate);
        write("passphrase", "");
    }
    ~ConfigDirectory() { std::filesystem::remove_all(path_); }
    ConfigDirectory(const ConfigDirectory&) = delete;
    ConfigDirectory& operator=(const ConfigDirectory&) = delete;

    std::filesystem::path write(const std::string& name, const std::string& text) const {
        std::ofstream{path_ / name} << text;
        return path_ / name;
    }
    const std::filesystem::path& path() const { return path_; }

private:
    std::filesystem::path path_;
};

inline std::string account(const std::string& more = "") {
    return "[[account]]\nname = \"work\"\nlisten = \"127.0.0.1:1143\"\n"
           "upstream = \"imaps://imap.example.org\"\n" +
           more;
}

inline std::string listen(const std::string& address) {
    return "[[account]]\nname = \"work\"\nlisten = \"" + address +
           "\"\nupstream = \"imaps://imap.example.org\"\n";
}

inline std::string upstream(const std::string& url) {
    return "[[account]]\nname = \"work\"\nlisten = \"127.0.0.1:1143\"\nupstream = \"" + url +
           "\"\n";
}

/// What a configuration is refused with; empty if it is accepted.
inline std::string complaint(const ConfigDirectory& directory, const std::string& text) {
    try {
        proxy::Config::parse(text, directory.path() / "config.toml");
    } catch (const proxy::ConfigError& error) {
        return error.what();
    }
    return {};
}

}  // namespace tests
