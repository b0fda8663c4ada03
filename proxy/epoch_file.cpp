#include "proxy/epoch_file.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <optional>
#include <thread>

#include "proxy/descriptor.hpp"
#include "proxy/limits.hpp"
#include "proxy/state_directory.hpp"

namespace proxy {
namespace {

struct Text {
    std::string octets;
    bool is_there = false;
    bool is_whole = false;
};

Text read_text(const std::filesystem::path& file) {
    Text text;
    const Descriptor descriptor{
        ::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK | O_NOFOLLOW)};
    text.is_there = descriptor || (errno != ENOENT && errno != ENOTDIR);
    if (!descriptor) return text;
    std::array<char, 64 * 1024> octets{};
    while (text.octets.size() <= limits::epoch_file) {
        const auto count = read_some(descriptor.number(), octets.data(), octets.size());
        text.is_whole = count == 0;
        if (count <= 0) break;
        text.octets.append(octets.data(), static_cast<std::size_t>(count));
    }
    return text;
}

bool write_text(const std::filesystem::path& file, std::string_view text) {
    Descriptor descriptor{
        ::open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600)};
    if (!descriptor) return false;
    while (!text.empty()) {
        const auto count = ::write(descriptor.number(), text.data(), text.size());
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) return false;
        text.remove_prefix(static_cast<std::size_t>(count));
    }
    return ::fsync(descriptor.number()) == 0 && descriptor.close();
}

/// Nothing if somebody keeps the lock: a process that was stopped must not stop us.
std::optional<Descriptor> lock(const std::filesystem::path& file) {
    Descriptor descriptor{
        ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOCTTY | O_NOFOLLOW, 0600)};
    if (!descriptor) return std::nullopt;
    for (int tries = 0; tries < limits::lock_tries; ++tries) {
        if (::flock(descriptor.number(), LOCK_EX | LOCK_NB) == 0) return descriptor;
        if (errno != EWOULDBLOCK && errno != EINTR) return std::nullopt;
        std::this_thread::sleep_for(limits::lock_pause);
    }
    errno = EWOULDBLOCK;
    return std::nullopt;
}

std::string because(const std::filesystem::path& file) {
    return file.string() + ": " + std::strerror(errno);
}

/// Puts a text into a file's place, whole or not at all. Gives why not.
std::string replace(const std::filesystem::path& file, std::string_view text) {
    const auto fresh = file.string() + ".new";
    if (write_text(fresh, text) && ::rename(fresh.c_str(), file.c_str()) == 0) return {};
    auto why = because(fresh);
    ::unlink(fresh.c_str());
    return why;
}

}  // namespace

EpochFile::EpochFile(std::filesystem::path directory)
    : directory_{std::move(directory)},
      file_{directory_ / "epochs"},
      copy_{directory_ / "epochs.copy"},
      lock_{directory_ / "epochs.lock"} {}

EpochRecords EpochFile::load(std::uint32_t now, std::string& problem) const {
    const auto text = read_text(file_);
    bool intact = false;
    auto records = EpochRecords::read(text.octets, intact);
    if (text.is_whole && intact) return records;
    const auto copy = read_text(copy_);
    if (!text.is_there && !copy.is_there) return EpochRecords{};  // there never was any

    problem = file_.string() + (text.is_there ? " is damaged" : " is lost");
    bool copy_intact = false;
    auto others = EpochRecords::read(copy.octets, copy_intact);
    if (copy.is_whole && copy_intact) {
        problem += "; its copy is used";
        others.set_changed();
        return others;
    }
    problem += ", and its copy, too; clients will fetch their mail again";
    records.merge(others);
    records.doubt(now);
    return records;
}

std::string EpochFile::save(EpochRecords& records, std::uint32_t now) const {
    make_state_directory(directory_);
    const auto locked = lock(lock_);
    if (!locked) return because(lock_);
    std::string ignored;
    records.merge(load(now, ignored));

    const auto text = records.text();
    auto why = replace(file_, text);
    if (!why.empty()) return why;
    why = replace(copy_, text);
    const Descriptor directory{::open(directory_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
    if (directory) ::fsync(directory.number());
    if (why.empty()) records.take_changed();
    return why;
}

}  // namespace proxy
