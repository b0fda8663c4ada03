#include "proxy/log.hpp"

#include <spdlog/logger.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <memory>

namespace proxy::log {
namespace {

// journald cuts lines at 48 kB; nothing that a person reads comes near this.
constexpr std::size_t line_limit = 8 * 1024;

/// True if standard error is the journal's own stream. The variable alone does not tell: a terminal
/// started by a desktop that logs to the journal inherits it (systemd.exec(5), JOURNAL_STREAM).
bool is_journal() {
    const char* stream = std::getenv("JOURNAL_STREAM");
    struct stat about {};
    if (!stream || ::fstat(STDERR_FILENO, &about) != 0) return false;
    return stream == std::to_string(about.st_dev) + ":" + std::to_string(about.st_ino);
}

std::unique_ptr<spdlog::logger> make_logger() {
    auto sink = std::make_shared<spdlog::sinks::stderr_sink_mt>();
    auto logger = std::make_unique<spdlog::logger>("paperknife", std::move(sink));
    // The journal has its own clock.
    logger->set_pattern(is_journal() ? "%l: %v" : "%Y-%m-%dT%H:%M:%S.%e%z %l: %v");
    logger->set_level(spdlog::level::info);
    logger->flush_on(spdlog::level::trace);
    // A log that can't be written is no reason to stop serving mail.
    logger->set_error_handler([](const std::string&) {});
    return logger;
}

spdlog::logger& logger() {
    static const auto the_logger = make_logger();
    return *the_logger;
}

spdlog::level::level_enum spdlog_level(Level level) {
    switch (level) {
        case Level::error:
            return spdlog::level::err;
        case Level::warn:
            return spdlog::level::warn;
        case Level::info:
            return spdlog::level::info;
        case Level::debug:
            return spdlog::level::debug;
        case Level::trace:
            return spdlog::level::trace;
    }
    return spdlog::level::info;
}

void write(Level level, std::string_view text) {
    if (writes(level)) logger().log(spdlog_level(level), one_line(text));
}

/// The size of the UTF-8 character at the head of text if it may stand in a line as it is, or zero.
///
/// Not so: C0 and C1 controls, DEL, the line and paragraph separators, what sets the direction of
/// text (Unicode TR 9), and whatever is not UTF-8 (RFC 3629, 4).
std::size_t printable(std::string_view text) {
    const auto octet = [&](std::size_t at) { return static_cast<unsigned char>(text[at]); };
    const unsigned first = octet(0);
    if (first < 0x80) return first >= 0x20 && first != 0x7f ? 1 : 0;
    const std::size_t size = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
    if (first < 0xc2 || first > 0xf4 || text.size() < size) return 0;
    char32_t character = first & (0xffU >> (size + 1));
    for (std::size_t i = 1; i < size; ++i) {
        if ((octet(i) & 0xc0U) != 0x80) return 0;
        character = character << 6 | (octet(i) & 0x3fU);
    }
    constexpr std::array<char32_t, 5> least = {0, 0, 0x80, 0x800, 0x10000};
    if (character < least[size] || character > 0x10ffff) return 0;
    if (character >= 0xd800 && character <= 0xdfff) return 0;
    if (character < 0xa0) return 0;
    if (character == 0x61c || (character >= 0x200e && character <= 0x200f)) return 0;
    if (character >= 0x2028 && character <= 0x202e) return 0;
    if (character >= 0x2066 && character <= 0x2069) return 0;
    return size;
}

}  // namespace

std::optional<Level> level_named(std::string_view name) {
    if (name == "error") return Level::error;
    if (name == "warn") return Level::warn;
    if (name == "info") return Level::info;
    if (name == "debug") return Level::debug;
    if (name == "trace") return Level::trace;
    return std::nullopt;
}

void set_level(Level level) {
    logger().set_level(spdlog_level(level));
}

bool writes(Level level) {
    return logger().should_log(spdlog_level(level));
}

void error(std::string_view text) {
    write(Level::error, text);
}
void warn(std::string_view text) {
    write(Level::warn, text);
}
void info(std::string_view text) {
    write(Level::info, text);
}
void debug(std::string_view text) {
    write(Level::debug, text);
}
void trace(std::string_view text) {
    write(Level::trace, text);
}

std::string one_line(std::string_view text) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string line;
    line.reserve(std::min(text.size(), line_limit));
    while (!text.empty()) {
        if (line.size() >= line_limit) return line += " …";
        const std::size_t size = printable(text);
        if (size > 0) {
            line += text.substr(0, size);
        } else if (text.front() == '\n') {
            line += "\\n";
        } else if (text.front() == '\r') {
            line += "\\r";
        } else if (text.front() == '\t') {
            line += "\\t";
        } else {
            const auto octet = static_cast<unsigned char>(text.front());
            line += "\\x";
            line += digits[octet >> 4];
            line += digits[octet & 15];
        }
        text.remove_prefix(size > 0 ? size : 1);
    }
    return line;
}

}  // namespace proxy::log
