#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <string_view>

#include "keystore/secret.hpp"

namespace tests {

/// Where make_keys.sh has put its keys.
inline std::filesystem::path keys() {
    const char* directory = std::getenv("PAPERKNIFE_KEYS");
    if (directory == nullptr) throw std::runtime_error{"PAPERKNIFE_KEYS is not set"};
    return directory;
}

inline keystore::Bytes read(const std::filesystem::path& file) {
    std::ifstream in{file, std::ios::binary};
    if (!in) throw std::runtime_error{"no " + file.string()};
    const std::string text{std::istreambuf_iterator<char>{in}, {}};
    return {text.begin(), text.end()};
}

/// One of the files that make_keys.sh made.
inline keystore::Bytes key_file(const std::string& name) {
    return read(keys() / name);
}

/// One of the files that make_paths.sh made.
inline keystore::Bytes path_file(const std::string& name) {
    const char* directory = std::getenv("PAPERKNIFE_PATHS");
    if (directory == nullptr) throw std::runtime_error{"PAPERKNIFE_PATHS is not set"};
    return read(std::filesystem::path{directory} / name);
}

inline keystore::BytesView octets(std::string_view text) {
    return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

inline keystore::SecretBytes secret(std::string_view text) {
    return keystore::SecretBytes{octets(text)};
}

inline std::string hex(keystore::BytesView value) {
    std::string text;
    for (const std::uint8_t octet : value) {
        text += "0123456789abcdef"[octet >> 4];
        text += "0123456789abcdef"[octet & 0xf];
    }
    return text;
}

/// Octets written in hexadecimal; white space is left out.
inline keystore::Bytes from_hex(std::string_view text) {
    keystore::Bytes value;
    int high = -1;
    for (const char c : text) {
        if (c == ' ' || c == '\n') continue;
        const int digit = c >= 'a' ? c - 'a' + 10 : c - '0';
        if (high < 0) {
            high = digit;
            continue;
        }
        value.push_back(static_cast<std::uint8_t>(high << 4 | digit));
        high = -1;
    }
    return value;
}

}  // namespace tests
