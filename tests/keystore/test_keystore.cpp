#include "keystore/keystore.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <fstream>

#include "keystore/limits.hpp"
#include "tests/catch.hpp"
#include "tests/keystore/files.hpp"

using namespace keystore;
namespace fs = std::filesystem;

namespace {

/// A key directory of its own for each test.
class Directory {
public:
    Directory() {
        std::string name = (fs::temp_directory_path() / "paperknife-keys-XXXXXX").string();
        if (mkdtemp(name.data()) == nullptr) throw std::runtime_error{"mkdtemp"};
        path_ = name;
    }
    ~Directory() { fs::remove_all(path_); }
    Directory(const Directory&) = delete;
    Directory& operator=(const Directory&) = delete;

    const fs::path& path() const { return path_; }
    /// Copies one of make_keys.sh's files here.
    fs::path add(const std::string& name, const std::string& as, mode_t mode = 0600) const {
        fs::copy_file(tests::keys() / name, path_ / as);
        chmod((path_ / as).c_str(), mode);
        return path_ / as;
    }
    void write(const std::string& name, const std::string& text) const {
        std::ofstream{path_ / name} << text;
        chmod((path_ / name).c_str(), 0600);
    }

private:
    fs::path path_;
};

struct Loaded {
    Keystore keystore;
    std::vector<KeyFileReport> reports;
    std::vector<std::string> asked;

    const KeyFileReport& report(const std::string& name) const {
        for (const KeyFileReport& report : reports)
            if (report.file.filename() == name) return report;
        throw std::runtime_error{"no report of " + name};
    }
    bool says(const std::string& name, std::string_view text) const {
        return report(name).problem.find(text) != std::string::npos;
    }
};

Loaded load(const Directory& directory) {
    Loaded loaded;
    loaded.keystore = Keystore::load(
        directory.path(),
        [&](const fs::path& file) {
            loaded.asked.push_back(file.filename().string());
            return std::optional{tests::secret("secret")};
        },
        loaded.reports);
    return loaded;
}

/// What loading throws.
std::string refusal(const fs::path& directory) {
    std::vector<KeyFileReport> reports;
    try {
        Keystore::load(
            directory, [](const fs::path&) { return std::nullopt; }, reports);
    } catch (const KeyFileError& error) {
        return error.what();
    }
    return "";
}

}  // namespace

TEST_CASE("A directory of all kinds of key files is loaded", "[keystore]") {
    const Directory directory;
    directory.add("plain.p12", "alice.P12");
    directory.add("bob.key", "bob.key");
    directory.add("bob.crt", "bob.crt", 0644);
    directory.add("converted-legacy.pem", "also alice.pem");
    directory.add("expired.key", "expired.key");
    directory.add("expired.crt", "expired.crt");
    directory.write("README", "not a key");
    directory.write(".hidden.p12", "not read");
    const Loaded loaded = load(directory);
    CHECK(loaded.keystore.identities().size() == 3);  // alice is known by then
    CHECK(loaded.asked == std::vector<std::string>{"alice.P12", "also alice.pem"});
    CHECK(loaded.reports.size() == 4);
    for (const KeyFileReport& report : loaded.reports) CHECK(report.usable);
    CHECK(loaded.report("bob.key").without_passphrase);
    CHECK_FALSE(loaded.report("alice.P12").without_passphrase);
    CHECK(loaded.report("bob.key").problem.empty());
    CHECK(loaded.says("expired.key", "expired"));
    CHECK(loaded.keystore.identities()[0].source() == (directory.path() / "alice.P12").string());
}

TEST_CASE("One bad file never costs the others", "[keystore]") {
    const Directory directory;
    directory.add("alice.key", "alice.key");
    directory.add("alice.crt", "alice.crt");
    directory.write("garbage.p12", "garbage");
    directory.write("empty.pem", "");
    directory.write("broken.pem", "-----BEGIN CERTIFICATE-----\n***\n-----END CERTIFICATE-----\n");
    directory.write("large.pem", std::string(limits::key_file + 1, 'x'));
    directory.add("bob.key", "alone.key");
    directory.add("bob.key", "mismatch.key");
    directory.add("alice.crt", "mismatch.crt");
    directory.add("utf8.p12", "other passphrase.p12");
    directory.add("legacy.p12", "legacy.p12");
    fs::create_directory(directory.path() / "directory.p12");
    fs::create_symlink("nowhere", directory.path() / "dangling.pem");
    mkfifo((directory.path() / "pipe.pem").c_str(), 0600);
    const Loaded loaded = load(directory);
    REQUIRE(loaded.keystore.identities().size() == 1);
    CHECK(loaded.report("alice.key").usable);
    CHECK(loaded.says("garbage.p12", "neither PEM nor DER"));
    CHECK(loaded.says("empty.pem", "neither PEM nor DER"));
    CHECK(loaded.says("broken.pem", "line 1 is not base64"));
    CHECK(loaded.says("large.pem", "too large"));
    CHECK(loaded.says("alone.key", "alone.crt"));
    CHECK(loaded.says("mismatch.key", "none of its certificates belongs"));
    CHECK(loaded.says("other passphrase.p12", "passphrase is wrong"));
    CHECK(loaded.says("legacy.p12", "openssl pkcs12 -legacy"));
    CHECK(loaded.says("directory.p12", "not a file"));
    CHECK(loaded.says("dangling.pem", "No such file"));
    CHECK(loaded.says("pipe.pem", "not a file"));
    int usable = 0;
    for (const KeyFileReport& report : loaded.reports) usable += report.usable ? 1 : 0;
    CHECK(usable == 1);
}

TEST_CASE("The number of key files is bounded", "[keystore]") {
    const Directory directory;
    for (std::size_t i = 0; i < limits::key_files + 5; ++i)
        directory.write("key" + std::to_string(i) + ".pem", "");
    const Loaded loaded = load(directory);
    REQUIRE(loaded.reports.size() == limits::key_files + 1);
    CHECK(loaded.reports.back().problem.find("too many") != std::string::npos);
}

TEST_CASE("KEY-01: a key that others may touch is refused", "[keystore]") {
    for (const mode_t open : {0604U, 0602U, 0601U, 0640U, 0620U, 0610U, 0644U, 0666U, 0777U}) {
        const Directory directory;
        const fs::path file = directory.add("plain.p12", "alice.p12", open);
        const Loaded loaded = load(directory);
        CHECK(loaded.keystore.identities().empty());
        CHECK(loaded.says("alice.p12", "chmod 600 " + file.string()));
        CHECK(loaded.asked.empty());
    }
    for (const mode_t closed : {0600U, 0400U, 0700U}) {
        const Directory directory;
        directory.add("plain.p12", "alice.p12", closed);
        CHECK(load(directory).keystore.identities().size() == 1);
    }
}

TEST_CASE("KEY-01: a certificate may be read by others, not written", "[keystore]") {
    for (const auto& [mode, good] :
         {std::pair{0644, true}, std::pair{0664, false}, std::pair{0602, false}}) {
        const Directory directory;
        directory.add("alice.key", "alice.key");
        directory.add("alice.crt", "alice.crt", static_cast<mode_t>(mode));
        CHECK(load(directory).report("alice.key").usable == good);
    }
}

TEST_CASE("KEY-01: a directory that others may touch is refused", "[keystore]") {
    for (const mode_t open : {0755U, 0750U, 0711U, 0702U, 0720U, 0777U}) {
        const Directory directory;
        chmod(directory.path().c_str(), open);
        CHECK(refusal(directory.path()).find("chmod 700 " + directory.path().string()) !=
              std::string::npos);
    }
    const Directory directory;
    CHECK(refusal(directory.path()).empty());
    CHECK(refusal(directory.path() / "it's missing")
              .find("mkdir -m 700 '" + directory.path().string() + "/it'\\''s missing'") !=
          std::string::npos);
    directory.write("file", "");
    CHECK(refusal(directory.path() / "file").find("can't be read") != std::string::npos);
}

TEST_CASE("KEY-01: a symbolic link is judged by its target", "[keystore]") {
    const Directory directory, elsewhere;
    const fs::path target = elsewhere.add("plain.p12", "target.p12", 0644);
    fs::create_symlink(target, directory.path() / "alice.p12");
    CHECK(load(directory).says("alice.p12", "open to other users"));
    chmod(target.c_str(), 0600);
    CHECK(load(directory).keystore.identities().size() == 1);

    const fs::path link = elsewhere.path() / "link";
    fs::create_directory_symlink(directory.path(), link);
    CHECK(refusal(link).empty());
    chmod(directory.path().c_str(), 0755);
    CHECK_FALSE(refusal(link).empty());
}

TEST_CASE("KEY-01: what belongs to somebody else is refused", "[keystore]") {
    if (geteuid() != 0) return;  // only root can give files away
    const Directory directory;
    const fs::path file = directory.add("plain.p12", "alice.p12");
    REQUIRE(chown(file.c_str(), 65534, 65534) == 0);
    CHECK(load(directory).says("alice.p12", "belongs to the user with number 65534"));
    REQUIRE(chown(directory.path().c_str(), 65534, 65534) == 0);
    CHECK(refusal(directory.path()).find("chown 0 ") != std::string::npos);
    REQUIRE(chown(directory.path().c_str(), 0, 0) == 0);
}

TEST_CASE("Every identity that a message names is found", "[keystore]") {
    const Directory directory;
    for (const char* name : {"alice", "bob", "renewed"}) {
        directory.add(std::string{name} + ".key", std::string{name} + ".key");
        directory.add(std::string{name} + ".crt", std::string{name} + ".crt");
    }
    const Keystore keystore = load(directory).keystore;
    REQUIRE(keystore.identities().size() == 3);
    const Certificate& alice = keystore.identities()[0].certificate();
    CHECK(keystore.identities_matching(alice.issuer_and_serial_number).size() == 1);
    CHECK(keystore.identities_matching(*alice.subject_key_identifier).size() == 2);  // one key
    CHECK(keystore.identities_matching(SubjectKeyIdentifier{{1, 2, 3}}).empty());
    CHECK(Keystore{}.identities_matching(alice.issuer_and_serial_number).empty());
}
