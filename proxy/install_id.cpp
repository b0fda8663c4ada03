#include "proxy/install_id.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <optional>
#include <string_view>

#include "keystore/crypto.hpp"
#include "proxy/descriptor.hpp"
#include "proxy/state_directory.hpp"

namespace proxy {
namespace {

constexpr std::size_t digits = 16;
constexpr std::string_view hexadecimal = "0123456789abcdef";
/// Who speaks where nothing can be kept.
constexpr std::string_view nameless = "paperknife";

std::optional<std::string> read_id(const std::filesystem::path& file) {
    const Descriptor descriptor{
        ::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK | O_NOFOLLOW)};
    if (!descriptor) return std::nullopt;
    std::array<char, digits> id{};
    if (::read(descriptor.number(), id.data(), id.size()) != static_cast<ssize_t>(id.size()))
        return std::nullopt;
    const bool is_id = std::all_of(
        id.begin(), id.end(), [](char c) { return hexadecimal.find(c) != std::string_view::npos; });
    if (!is_id) return std::nullopt;
    return std::string{id.data(), id.size()};
}

std::string make_id() {
    std::array<std::uint8_t, digits / 2> octets{};
    keystore::fill_random(octets);
    std::string id;
    for (const auto octet : octets) {
        id += hexadecimal[octet >> 4U];
        id += hexadecimal[octet & 15U];
    }
    return id;
}

/// Another process may do the same at the same time: whose file stands there first counts.
void write_id(const std::filesystem::path& file) {
    make_state_directory(file.parent_path());
    const auto own = file.string() + "." + std::to_string(::getpid());
    const Descriptor descriptor{
        ::open(own.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600)};
    if (!descriptor) return;
    const std::string line = make_id() + "\n";
    if (::write(descriptor.number(), line.data(), line.size()) ==
        static_cast<ssize_t>(line.size())) {
        if (::link(own.c_str(), file.c_str()) != 0 && !read_id(file))
            ::rename(own.c_str(), file.c_str());
    }
    ::unlink(own.c_str());
}

}  // namespace

std::string authserv_id() {
    const auto directory = state_directory();
    if (!directory) return std::string{nameless};
    const auto file = *directory / "install-id";
    auto id = read_id(file);
    if (!id) {
        write_id(file);
        id = read_id(file);
    }
    return id ? "paperknife." + *id : std::string{nameless};
}

std::string install_id_problem() {
    if (authserv_id() != nameless) return {};
    constexpr auto cost =
        ": Authentication-Results have the name \"paperknife\", which senders of mail know; ";
    const auto directory = state_directory();
    if (!directory)
        return std::string{"there is no home directory"} + cost + "set HOME, or XDG_STATE_HOME";
    return directory->string() + " can't be written" + cost +
           "see to its owner, mode and disk, or name another directory by XDG_STATE_HOME";
}

}  // namespace proxy
