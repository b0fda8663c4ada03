#include "proxy/command_open.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>

#include "proxy/account_state.hpp"
#include "proxy/descriptor.hpp"
#include "proxy/log.hpp"
#include "proxy/summary.hpp"
#include "proxy/trust.hpp"
#include "proxy/unlock.hpp"
#include "smime/entity.hpp"
#include "smime/open.hpp"

namespace proxy {
namespace {

using std::filesystem::path;

[[noreturn]] void fail(const std::string& what) {
    throw std::runtime_error(log::one_line(what + ": " + std::strerror(errno)));
}

/// What was read. A std::string would write zeros first, and 50 MB of them take their time.
class Octets {
public:
    explicit Octets(std::size_t capacity) : octets_{allocate(capacity)} {}
    std::string_view text() const { return {octets_.get(), size_}; }
    /// Room behind what was read: never none.
    char* end() {
        if (room() == 0) grow();
        return octets_.get() + size_;
    }
    std::size_t room() const { return octets_.get_deleter().capacity - size_; }
    void add(std::size_t count) { size_ += count; }

private:
    struct Free {
        std::size_t capacity;
        void operator()(char* octets) const { keystore::free_octets(octets, capacity); }
    };
    using Memory = std::unique_ptr<char[], Free>;

    static Memory allocate(std::size_t capacity) {
        return {static_cast<char*>(keystore::allocate_octets(capacity)), Free{capacity}};
    }
    void grow() {
        Memory larger = allocate(2 * size_);
        std::memcpy(larger.get(), octets_.get(), size_);
        octets_ = std::move(larger);
    }

    Memory octets_;
    std::size_t size_ = 0;
};

/// Octets to make room for at once: those of a file, and one that shows its end.
std::size_t expected_size(int descriptor) {
    constexpr std::size_t smallest = 64 * 1024, largest = 1024 * 1024 * 1024;
    struct stat about {};
    if (::fstat(descriptor, &about) != 0 || !S_ISREG(about.st_mode)) return smallest;
    return std::clamp(static_cast<std::size_t>(about.st_size), smallest, largest) + 1;
}

Octets read_all(int descriptor, const std::string& name) {
    Octets octets{expected_size(descriptor)};
    for (;;) {
        char* const end = octets.end();
        const auto count = read_some(descriptor, end, octets.room());
        if (count < 0) fail("reading " + name);
        if (count == 0) return octets;
        octets.add(static_cast<std::size_t>(count));
    }
}

Octets read_message(const path& file) {
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

/// True if the line ends of the body mean nothing: those of base64, or of binary CMS, which has
/// none.
bool has_no_lines(std::string_view message) {
    const auto entity = smime::Entity::read(message);
    return (entity.kind == smime::Entity::Kind::pkcs7_mime ||
            entity.kind == smime::Entity::Kind::p7m_file) &&
           entity.transfer_encoding != smime::TransferEncoding::quoted_printable;
}

/// The message with the line ends of the network (RFC 5322, 2.1), if its first line ends as files'
/// lines do. What else is in it stays: a message of the network keeps every octet. Nothing if it
/// can stay as it is.
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

std::shared_ptr<const keystore::Trust> load_trust_aloud(const Config& config) {
    std::vector<std::string> problems;
    auto trust = load_trust(config, problems);
    for (const auto& problem : problems)
        std::fprintf(stderr, "paperknife: %s\n", log::one_line(problem).c_str());
    return trust;
}

smime::Opened open_message(std::string_view message, const keystore::Keystore& keystore,
                           const smime::Settings& settings, std::chrono::sys_seconds at) {
    const auto of_network = with_network_line_ends(message);
    return smime::open(of_network ? *of_network : message, keystore, settings, at);
}

}  // namespace

int command_open(const Config& config, const OpenArguments& arguments) {
    const auto message = read_message(arguments.message);
    Descriptor report;
    if (arguments.report) report = create_report(*arguments.report, arguments.message);
    const auto keystore = load_keys(config);
    const auto at = arguments.at.value_or(
        std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now()));
    const auto opened = open_message(message.text(), keystore,
                                     smime_settings(config, load_trust_aloud(config)), at);
    if (arguments.report) {
        const auto name = arguments.report->string();
        write_all(report.number(), smime::json(opened.report), name);
        if (!report.close()) fail("writing to " + name);
    }
    if (opened.view) {
        write_all(STDOUT_FILENO, opened.view->header(), "standard output");
        write_all(STDOUT_FILENO, opened.view->body(), "standard output");
    } else {
        write_all(STDOUT_FILENO, message.text(), "standard output");
    }
    // Some file systems tell only now that there was no room (close(2)).
    if (::close(::dup(STDOUT_FILENO)) != 0) fail("writing to standard output");
    if (arguments.summary) std::fputs(summary(opened.report).c_str(), stderr);
    if (!opened.report.error) return 0;
    const auto error = *opened.report.error;
    std::fprintf(stderr, "paperknife: the message was not opened: %s (%s)\n",
                 std::string{explanation(error)}.c_str(), std::string{smime::word(error)}.c_str());
    return 1;
}

}  // namespace proxy
