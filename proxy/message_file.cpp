#include "proxy/message_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <stdexcept>

#include "proxy/descriptor.hpp"
#include "proxy/log.hpp"
#include "smime/entity.hpp"

namespace proxy {
namespace {

[[noreturn]] void fail(const std::string& what) {
    throw std::runtime_error(log::one_line(what + ": " + std::strerror(errno)));
}

/// Octets to make room for at once: those of a file, and one that shows its end.
std::size_t expected_size(int descriptor) {
    constexpr std::size_t smallest = 64 * 1024, largest = 1024 * 1024 * 1024;
    struct stat about {};
    if (::fstat(descriptor, &about) != 0 || !S_ISREG(about.st_mode)) return smallest;
    return std::clamp(static_cast<std::size_t>(about.st_size), smallest, largest) + 1;
}

/// True if the line ends of the body mean nothing: those of base64, or of binary CMS, which has
/// none.
bool has_no_lines(std::string_view message) {
    const auto entity = smime::Entity::read(message);
    return (entity.kind == smime::Entity::Kind::pkcs7_mime ||
            entity.kind == smime::Entity::Kind::p7m_file) &&
           entity.transfer_encoding != smime::TransferEncoding::quoted_printable;
}

/// Nothing if it can stay as it is.
std::optional<std::string> with_network_line_ends(std::string_view message) {
    const auto first = message.find('\n');
    if (first == message.npos || (first > 0 && message[first - 1] == '\r')) return std::nullopt;
    if (has_no_lines(message)) return std::nullopt;
    std::string result;
    result.reserve(message.size() + message.size() / 32);
    while (!message.empty()) {
        const auto end = message.find('\n');
        const auto line = message.substr(0, end);
        result += line;
        if (end == message.npos) break;
        result += line.ends_with('\r') ? "\n" : "\r\n";
        message.remove_prefix(end + 1);
    }
    return result;
}

}  // namespace

MessageFile::MessageFile(const std::filesystem::path& file)
    : octets_{read(file)}, of_network_{with_network_line_ends(octets_.text())} {}

void MessageFile::Octets::grow() {
    Memory larger = allocate(2 * size_);
    std::memcpy(larger.get(), octets_.get(), size_);
    octets_ = std::move(larger);
}

MessageFile::Octets MessageFile::read_all(int descriptor, const std::string& name) {
    Octets octets{expected_size(descriptor)};
    for (;;) {
        char* const end = octets.end();
        const auto count = read_some(descriptor, end, octets.room());
        if (count < 0) fail("reading " + name);
        if (count == 0) return octets;
        octets.add(static_cast<std::size_t>(count));
    }
}

MessageFile::Octets MessageFile::read(const std::filesystem::path& file) {
    if (file == "-") {
        if (::isatty(STDIN_FILENO)) {
            std::fputs("paperknife: waiting for a message on standard input (or name a file)\n",
                       stderr);
        }
        return read_all(STDIN_FILENO, "standard input");
    }
    const Descriptor descriptor{::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY)};
    if (!descriptor) fail("opening " + file.string());
    return read_all(descriptor.number(), file.string());
}

}  // namespace proxy
