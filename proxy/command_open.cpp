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
#include "proxy/message_file.hpp"
#include "proxy/summary.hpp"
#include "proxy/trust.hpp"
#include "proxy/unlock.hpp"
#include "smime/arrival.hpp"
#include "smime/entity.hpp"
#include "smime/open.hpp"

namespace proxy {
namespace {

using std::filesystem::path;

[[noreturn]] void fail(const std::string& what) {
    throw std::runtime_error(log::one_line(what + ": " + std::strerror(errno)));
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

}  // namespace

int command_open(const Config& config, const OpenArguments& arguments) {
    const MessageFile message{arguments.message};
    Descriptor report;
    if (arguments.report) report = create_report(*arguments.report, arguments.message);
    const auto keystore = load_keys(config);
    const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
    const auto arrival =
        arguments.at_arrival ? smime::arrival_time(message.of_network(), now) : arguments.at;
    const auto at = arrival.value_or(now);
    const auto opened = smime::open(message.of_network(), keystore,
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
