#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <stdexcept>
#include <system_error>

#include "keystore/limits.hpp"
#include "proxy/certificate_text.hpp"
#include "proxy/command_keys.hpp"
#include "proxy/descriptor.hpp"
#include "proxy/log.hpp"
#include "proxy/own_folder.hpp"
#include "proxy/trust_folder.hpp"
#include "proxy/unlock.hpp"

namespace proxy {
namespace {

namespace fs = std::filesystem;
using keystore::SecretBytes;

/// The key directory, and what to write into the configuration if it names none.
TrustFolder key_folder(const Config& config) {
    if (config.keystore.directory) return {*config.keystore.directory, {}};
    return {config.file.parent_path() / "keys",
            config.file.string() + ": write below [keystore]: directory = \"keys\""};
}

/// Read through no buffer but its own, so that no copy of a key stays behind.
SecretBytes read_secret(const fs::path& path) {
    const Descriptor file{::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY)};
    if (!file)
        throw std::runtime_error(path.string() + ": it can't be read: " + std::strerror(errno));
    SecretBytes octets(keystore::limits::key_file + 1);
    std::size_t size = 0;
    while (size < octets.size()) {
        const auto count =
            read_some(file.number(), octets.expose().data() + size, octets.size() - size);
        if (count < 0)
            throw std::runtime_error(path.string() + ": it can't be read: " + std::strerror(errno));
        if (count == 0) break;
        size += static_cast<std::size_t>(count);
    }
    if (size > keystore::limits::key_file)
        throw std::runtime_error(path.string() + ": it is too large for a key file");
    octets.resize(size);
    return octets;
}

/// Trial is a key directory of one key, within the real one, which is gone in the end.
class Trial {
public:
    explicit Trial(const OwnFolder& keys) : path_{keys.path() / ".import-XXXXXX"} {
        std::string name = path_.string();
        if (!::mkdtemp(name.data()))
            throw std::system_error(errno, std::generic_category(), path_.string());
        path_ = name;
    }
    ~Trial() {
        std::error_code ignored;
        fs::remove_all(path_, ignored);
    }
    Trial(const Trial&) = delete;
    Trial& operator=(const Trial&) = delete;
    const fs::path& path() const { return path_; }

private:
    fs::path path_;
};

/// A key file and, of NAME.key, the certificate beside it, under their names in the key directory.
struct Given {
    std::string name, certificate_name;
    SecretBytes octets, certificate;
};

/// As the key directory knows it: what a file is says its name's end.
std::string name_of(const fs::path& file, const SecretBytes& octets) {
    auto extension = file.extension().string();
    for (char& c : extension)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    const auto known = {".p12", ".pfx", ".pem", ".key"};
    if (std::find(known.begin(), known.end(), extension) != known.end())
        return file.filename().string();
    const bool pem = octets.expose_text().find("-----BEGIN ") != std::string_view::npos;
    return file.stem().string() + (pem ? ".pem" : ".p12");
}

Given read_given(const fs::path& file, const std::string& name) {
    Given given;
    given.octets = read_secret(file);
    given.name = name_of(name.empty() ? file.filename() : fs::path{name}, given.octets);
    const auto beside = fs::path{file}.replace_extension(".crt");
    if (fs::path{given.name}.extension() == ".key" && fs::exists(beside)) {
        given.certificate = read_secret(beside);
        given.certificate_name = fs::path{given.name}.replace_extension(".crt").string();
    }
    return given;
}

/// What the service would make of it, with the passphrase that the service would have.
keystore::Keystore try_to_load(Config config, const fs::path& directory, std::string& problem) {
    config.keystore.directory = directory;
    std::vector<keystore::KeyFileReport> reports;
    auto keystore = load_keystore(config, true, reports);
    if (reports.empty()) problem = "it is no key file";
    for (const auto& report : reports) problem = report.problem;
    return keystore;
}

bool is_same(const fs::path& file, const SecretBytes& octets) {
    if (!fs::exists(file)) return false;
    const auto there = read_secret(file);
    return std::ranges::equal(there.expose(), octets.expose());
}

bool import(const Config& config, const OwnFolder& keys, const std::string& file,
            const std::string& name) {
    const auto given = read_given(file, name);
    if (is_same(keys.path() / given.name, given.octets)) {
        std::printf("It is there already: %s\n",
                    log::one_line((keys.path() / given.name).string()).c_str());
        return true;
    }
    std::string problem;
    keystore::Keystore found;
    {
        const Trial trial{keys};
        const OwnFolder directory{trial.path()};
        directory.add(given.name, given.octets.expose());
        if (!given.certificate_name.empty())
            directory.add(given.certificate_name, given.certificate.expose());
        found = try_to_load(config, trial.path(), problem);
    }
    if (found.identities().empty()) {
        refuse(file + ": not imported: " + problem);
        return false;
    }
    // The certificate first: a key without one would be a problem for whoever reads between.
    if (!given.certificate_name.empty())
        keys.add(given.certificate_name, given.certificate.expose());
    const auto place = keys.add(given.name, given.octets.expose());
    std::printf("Imported: %s\n", log::one_line(place.string()).c_str());
    for (const auto& identity : found.identities()) {
        std::fputs(certificate_text(identity.certificate(), this_second()).c_str(), stdout);
        std::printf("    key           %s\n", identity.key_text().c_str());
    }
    if (!problem.empty()) std::printf("    note          %s\n", log::one_line(problem).c_str());
    return true;
}

/// A folder that files may be removed from, and how what is gone is missed.
struct Place {
    fs::path folder;
    std::string_view loss;
};

std::vector<Place> places_of(const Config& config) {
    constexpr std::string_view key =
        "mail that is encrypted to it opens no longer; to have it back, move it back";
    constexpr std::string_view other = "to have it back, move it back";
    std::vector<Place> places{{key_folder(config).path, key},
                              {TrustFolder::of_anchors(config).path, other},
                              {TrustFolder::of_intermediates(config).path, other}};
    for (const auto* list :
         {&config.verify.trust, &config.verify.intermediates, &config.verify.crls})
        for (const auto& named : *list)
            if (fs::is_directory(named.path)) places.push_back({named.path, other});
    std::vector<Place> once;
    for (const auto& place : places)
        if (std::none_of(once.begin(), once.end(),
                         [&](const Place& one) { return one.folder == place.folder; }))
            once.push_back(place);
    return once;
}

/// Where the configuration names a file by itself, which it would miss; empty if it does not.
std::string named_at(const Config& config, const fs::path& file) {
    const auto& verify = config.verify;
    for (const auto* list : {&verify.trust, &verify.intermediates, &verify.crls})
        for (const auto& named : *list)
            if (named.path == file) return named.where;
    return {};
}

bool remove(const Config& config, const std::vector<Place>& places, const std::string& name) {
    const bool is_path = name.find('/') != std::string::npos;
    const auto path = fs::absolute(name).lexically_normal();
    if (const auto where = named_at(config, path); !where.empty()) {
        refuse(path.string() +
               " is named by the configuration itself; take it out there: " + where);
        return false;
    }
    std::vector<Place> found;
    for (const auto& place : places) {
        if (is_path && path.parent_path() != place.folder) continue;
        std::error_code ignored;
        const auto file = place.folder / path.filename();
        if (!path.filename().empty() && fs::is_regular_file(file, ignored)) found.push_back(place);
    }
    if (found.empty()) {
        std::string looked;
        for (const auto& place : places)
            looked += (looked.empty() ? "" : ", ") + place.folder.string();
        refuse("there is no \"" + name + "\" in " + looked + "; keys list shows what there is");
        return false;
    }
    if (found.size() > 1) {
        refuse("\"" + name + "\" is in " + found[0].folder.string() + " and in " +
               found[1].folder.string() + "; name it with its folder");
        return false;
    }
    const OwnFolder folder{found.front().folder};
    auto files = std::vector{path.filename()};
    const auto beside = fs::path{files.front()}.replace_extension(".crt");
    if (files.front().extension() == ".key" && fs::exists(folder.path() / beside))
        files.push_back(beside);
    for (const auto& file : files)
        std::printf("Removed: it is now %s\n",
                    log::one_line(folder.move_aside(file.string()).string()).c_str());
    std::printf("(%s)\n", std::string{found.front().loss}.c_str());
    return true;
}

}  // namespace

int command_keys_import(const Config& config, const std::vector<std::string>& files,
                        const std::string& name) {
    if (name.find('/') != std::string::npos || name.starts_with('.'))
        throw std::runtime_error("--name: \"" + name + "\" is no name of a file");
    if (!name.empty() && files.size() > 1)
        throw std::runtime_error("--name is for one file; there are " +
                                 std::to_string(files.size()));
    const auto folder = key_folder(config);
    const OwnFolder keys{folder.path};
    bool all = true;
    for (const auto& file : files) all &= import(config, keys, file, name);
    if (all) tell_how_to_apply(folder.hint);
    return all ? 0 : 1;
}

int command_keys_remove(const Config& config, const std::vector<std::string>& names) {
    const auto places = places_of(config);
    bool all = true;
    for (const auto& name : names) all &= remove(config, places, name);
    if (all) tell_how_to_apply({});
    return all ? 0 : 1;
}

}  // namespace proxy
