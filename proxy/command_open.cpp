#include "proxy/command_open.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>

#include "proxy/account_state.hpp"
#include "proxy/descriptor.hpp"
#include "proxy/log.hpp"
#include "proxy/unlock.hpp"
#include "smime/open.hpp"

namespace proxy {
namespace {

using std::filesystem::path;

[[noreturn]] void fail(const std::string& what) {
    throw std::runtime_error(log::one_line(what + ": " + std::strerror(errno)));
}

std::string read_all(int descriptor, const std::string& name) {
    std::string octets;
    std::size_t size = 0;
    for (;;) {
        if (octets.size() - size < 64 * 1024) octets.resize(2 * octets.size() + 64 * 1024);
        const auto count = read_some(descriptor, octets.data() + size, octets.size() - size);
        if (count < 0) fail("reading " + name);
        if (count == 0) break;
        size += static_cast<std::size_t>(count);
    }
    octets.resize(size);
    return octets;
}

std::string read_message(const path& file) {
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

void write_all(int descriptor, std::string_view octets, const std::string& name) {
    while (!octets.empty()) {
        const auto count = ::write(descriptor, octets.data(), octets.size());
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) fail("writing to " + name);
        octets.remove_prefix(static_cast<std::size_t>(count));
    }
}

/// Created before the message is opened, so that a mistyped name costs no passphrase; for nobody
/// else to read.
Descriptor create_report(const path& file, const path& message) {
    std::error_code ignored;
    if (message != "-" && std::filesystem::equivalent(file, message, ignored)) {
        throw std::runtime_error("the report would overwrite the message; name another file");
    }
    Descriptor descriptor{
        ::open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOCTTY, 0600)};
    if (!descriptor) fail("opening " + file.string());
    return descriptor;
}

/// The message with the line ends of the network (RFC 5322, 2.1), if its first line ends as files'
/// lines do. What else is in it stays: a message of the network keeps every octet.
std::string with_network_line_ends(const std::string& message) {
    const auto end = message.find('\n');
    if (end == message.npos || (end > 0 && message[end - 1] == '\r')) return message;
    std::string result;
    result.reserve(message.size() + message.size() / 32);
    char before = '\0';
    for (const char octet : message) {
        if (octet == '\n' && before != '\r') result += '\r';
        result += octet;
        before = octet;
    }
    return result;
}

std::string_view explanation(smime::Error error) {
    switch (error) {
        case smime::Error::malformed:
            return "it is not what its header says, or damaged";
        case smime::Error::unsupported_algorithm:
            return "it uses an algorithm that is not known";
        case smime::Error::unsupported_content:
            return "it is of a kind that is not opened";
        case smime::Error::legacy_algorithm:
            return "it uses a weak cipher; [decrypt] legacy = true opens such messages";
        case smime::Error::no_matching_recipient:
            return "it is for none of the keys";
        case smime::Error::decryption_failed:
            return "it is damaged, or made for another key";
        case smime::Error::too_complex:
            return "it is larger or deeper than the limits allow";
        case smime::Error::ambiguous_mime:
            return "its header can be read in two ways";
    }
    return "";
}

/// One who opens one message wants to know which keys were not tried.
keystore::Keystore load_keys(const Config& config) {
    std::vector<keystore::KeyFileReport> reports;
    auto keystore = load_keystore(config, true, reports);
    for (const auto& report : reports) {
        if (report.usable) continue;
        const auto text = "key file not used: " + report.file.string() + ": " + report.problem;
        std::fprintf(stderr, "paperknife: %s\n", log::one_line(text).c_str());
    }
    return keystore;
}

}  // namespace

int command_open(const Config& config, const OpenArguments& arguments) {
    const auto message = read_message(arguments.message);
    Descriptor report;
    if (arguments.report) report = create_report(*arguments.report, arguments.message);
    const auto keystore = load_keys(config);
    const auto opened =
        smime::open(with_network_line_ends(message), keystore, smime_settings(config));
    if (arguments.report) {
        const auto name = arguments.report->string();
        write_all(report.number(), smime::json(opened.report), name);
        if (!report.close()) fail("writing to " + name);
    }
    if (opened.view) {
        write_all(STDOUT_FILENO, opened.view->header(), "standard output");
        write_all(STDOUT_FILENO, opened.view->body(), "standard output");
    } else {
        write_all(STDOUT_FILENO, message, "standard output");
    }
    // Some file systems tell only now that there was no room (close(2)).
    if (::close(::dup(STDOUT_FILENO)) != 0) fail("writing to standard output");
    if (!opened.report.error) return 0;
    const auto error = *opened.report.error;
    std::fprintf(stderr, "paperknife: the message was not opened: %s (%s)\n",
                 std::string{explanation(error)}.c_str(), std::string{smime::word(error)}.c_str());
    return 1;
}

}  // namespace proxy
