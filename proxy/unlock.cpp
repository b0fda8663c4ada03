#include "proxy/unlock.hpp"

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "proxy/log.hpp"
#include "proxy/unlock_command.hpp"
#include "proxy/unlock_file.hpp"
#include "proxy/unlock_prompt.hpp"

namespace proxy {
namespace {

using keystore::AskPassphrase;
using keystore::KeyFileReport;
using keystore::Keystore;
using keystore::SecretBytes;
using std::filesystem::path;

// A card reader or a password manager that asks its owner first.
constexpr std::chrono::seconds command_limit{30};

constexpr int tries = 3;

SecretBytes copy(const SecretBytes& secret) {
    return SecretBytes{secret.expose()};
}

/// Gives every file the one passphrase that fetch gets, when the first file needs it.
template <class Fetch>
Keystore load_with_one(const path& directory, std::vector<KeyFileReport>& reports, Fetch fetch) {
    std::optional<SecretBytes> passphrase;
    const AskPassphrase ask = [&](const path&) -> std::optional<SecretBytes> {
        if (!passphrase) passphrase = fetch();
        return copy(*passphrase);
    };
    return Keystore::load(directory, ask, reports);
}

/// Prompt asks a person: once for all files, then again for each that this did not open.
class Prompt {
public:
    explicit Prompt(const path& directory) : directory_{directory} {}

    Keystore load(std::vector<KeyFileReport>& reports);

private:
    /// A file that needs a passphrase. An empty one means that its owner goes on without it.
    struct Answer {
        SecretBytes passphrase;
        bool skip = false;
    };

    static Answer ask(const path& file, const std::string& problem);
    std::optional<SecretBytes> passphrase_for(const path& file);
    std::vector<KeyFileReport> not_opened(const std::vector<KeyFileReport>& reports) const;

    path directory_;
    std::map<path, Answer> answers_;
    std::optional<SecretBytes> first_;
};

Keystore Prompt::load(std::vector<KeyFileReport>& reports) {
    const auto before = reports.size();
    for (int attempt = 1;; ++attempt) {
        reports.resize(before);
        auto keystore = Keystore::load(
            directory_, [this](const path& file) { return passphrase_for(file); }, reports);
        const auto locked = not_opened(reports);
        if (locked.empty()) return keystore;
        if (attempt == tries) {
            throw keystore::KeyFileError(log::one_line(
                locked.front().file.string() + ": " + locked.front().problem + " (" +
                std::to_string(tries) +
                " tries); start again, or move the file elsewhere if it is not needed"));
        }
        for (const auto& report : locked) answers_[report.file] = ask(report.file, report.problem);
    }
}

Prompt::Answer Prompt::ask(const path& file, const std::string& problem) {
    const auto name = log::one_line(file.filename().string());
    const auto text = (problem.empty() ? "" : name + ": " + problem + "\n") + "Passphrase of " +
                      name + " (empty: go on without it): ";
    auto passphrase = prompt_for_passphrase(text);
    if (!passphrase || passphrase->empty()) return {{}, true};
    return {std::move(*passphrase), false};
}

std::optional<SecretBytes> Prompt::passphrase_for(const path& file) {
    auto known = answers_.find(file);
    if (known == answers_.end()) {
        auto answer = first_ ? Answer{copy(*first_), false} : ask(file, "");
        if (!answer.skip && !first_) first_ = copy(answer.passphrase);
        known = answers_.emplace(file, std::move(answer)).first;
    }
    if (known->second.skip) return std::nullopt;
    return copy(known->second.passphrase);
}

std::vector<KeyFileReport> Prompt::not_opened(const std::vector<KeyFileReport>& reports) const {
    std::vector<KeyFileReport> locked;
    for (const auto& report : reports) {
        const auto answer = answers_.find(report.file);
        if (!report.usable && answer != answers_.end() && !answer->second.skip) {
            locked.push_back(report);
        }
    }
    return locked;
}

Keystore load_without(const path& directory, std::vector<KeyFileReport>& reports) {
    const AskPassphrase nobody = [](const path&) -> std::optional<SecretBytes> {
        throw keystore::KeyFileError(
            "it needs a passphrase; write below [keystore] how it is had: unlock = { prompt = true "
            "}, "
            "{ command = \"…\" } or { file = \"…\" }");
    };
    return Keystore::load(directory, nobody, reports);
}

Keystore load_refusing(const path& directory, std::vector<KeyFileReport>& reports) {
    const AskPassphrase refuse = [](const path& file) -> std::optional<SecretBytes> {
        throw PassphraseNeeded(log::one_line(file.string() +
                                             ": its passphrase can only be asked for at start-up; "
                                             "restart paperknife to read it"));
    };
    return Keystore::load(directory, refuse, reports);
}

}  // namespace

Keystore load_keystore(const Config& config, bool interactive,
                       std::vector<KeyFileReport>& reports) {
    if (!config.keystore.directory) return {};
    const auto& directory = *config.keystore.directory;
    const auto& unlock = config.keystore.unlock;
    if (unlock.command) {
        return load_with_one(directory, reports, [&] {
            return passphrase_from_command(*unlock.command, command_limit);
        });
    }
    if (unlock.file) {
        return load_with_one(directory, reports,
                             [&] { return passphrase_from_file(*unlock.file); });
    }
    if (!unlock.prompt) return load_without(directory, reports);
    if (!interactive) return load_refusing(directory, reports);
    return Prompt{directory}.load(reports);
}

}  // namespace proxy
