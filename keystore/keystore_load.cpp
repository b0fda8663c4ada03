#include <algorithm>
#include <cctype>

#include "keystore/key_directory.hpp"
#include "keystore/key_file.hpp"
#include "keystore/keystore.hpp"

namespace keystore {
namespace {

enum class Form { complete, key_beside_certificate, other };

Form form_of(const std::filesystem::path& name) {
    std::string extension = name.extension().string();
    for (char& c : extension) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    if (extension == ".p12" || extension == ".pfx" || extension == ".pem") return Form::complete;
    if (extension == ".key") return Form::key_beside_certificate;
    return Form::other;
}

/// NAME.crt, which stands beside NAME.key.
std::string certificate_name(const std::string& key_name) {
    return std::filesystem::path{key_name}.replace_extension(".crt").string();
}

KeyFile read_file(const KeyDirectory& directory, const std::string& name, Form form,
                  Passphrase& passphrase) {
    using Content = KeyDirectory::Content;
    DerivationBudget budget;
    KeyFile file = read_key_file(directory.read(name, Content::secret), passphrase, budget);
    if (form != Form::key_beside_certificate) return file;

    const std::string beside = certificate_name(name);
    try {
        KeyFile other =
            read_key_file(directory.read(beside, Content::is_public), passphrase, budget);
        std::move(other.certificates.begin(), other.certificates.end(),
                  std::back_inserter(file.certificates));
    } catch (const KeyFileError& error) {
        if (file.certificates.empty())
            throw KeyFileError{"its certificate is looked for in " + beside + ": " + error.what()};
    }
    return file;
}

bool is_known(const std::vector<Identity>& identities, const Identity& identity) {
    return std::any_of(identities.begin(), identities.end(), [&](const Identity& other) {
        return other.certificate().der == identity.certificate().der;
    });
}

std::string joined(const std::vector<std::string>& sentences) {
    std::string text;
    for (const std::string& sentence : sentences) {
        if (!text.empty()) text += "; ";
        text += sentence;
    }
    return text;
}

}  // namespace

Keystore Keystore::load(const std::filesystem::path& directory, const AskPassphrase& ask,
                        std::vector<KeyFileReport>& reports) {
    const KeyDirectory files{directory};
    Keystore keystore;
    std::size_t count = 0;
    for (const std::string& name : files.names()) {
        const Form form = form_of(name);
        if (form == Form::other) continue;
        KeyFileReport report;
        report.file = directory / name;
        if (++count > limits::key_files) {
            report.problem = "it and what follows is not read: there are too many key files";
            reports.push_back(std::move(report));
            break;
        }
        Passphrase passphrase{[&] { return ask(report.file); }};
        std::vector<std::string> problems;
        try {
            const KeyFile file = read_file(files, name, form, passphrase);
            report.without_passphrase = file.without_passphrase;
            for (Identity& identity : identities_of(file, report.file.string(), problems)) {
                report.usable = true;
                if (!is_known(keystore.identities_, identity))
                    keystore.identities_.push_back(std::move(identity));
            }
        } catch (const KeyFileError& error) {
            problems.emplace_back(error.what());
        }
        report.problem = joined(problems);
        reports.push_back(std::move(report));
    }
    return keystore;
}

}  // namespace keystore
