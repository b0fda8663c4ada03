#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <string>
#include <vector>

#include "proxy/config.hpp"
#include "proxy/config_address.hpp"
#include "proxy/config_path.hpp"
#include "tests/catch.hpp"
#include "tests/proxy/config_directory.hpp"

using namespace tests;
using proxy::Config;
using proxy::ConfigError;

TEST_CASE("a configuration with every key is read", "[config]") {
    const ConfigDirectory directory;
    const auto config = Config::parse(R"([[account]]
name = "work"
listen = "127.0.0.1:1143"
upstream = "imaps://imap.example.org"
ca_file = "ca.pem"
connect_timeout = 5
login_timeout = 60
idle_timeout = 1800
max_connections = 1000
any_local_user = true
compress = "server"

[[account]]
name = "home"
listen = "[::1]:1144"
upstream = "imap://Mail.Example.NET:1430"

[decrypt]
errant = "attach"
enabled = false
max_message = 50_000_000
legacy = true
unauthenticated_html = "text"
[append]
plaintext_copies = "warn"
encrypt_to_self = "alice@example.org"
encrypt_all = true
cipher = "aes-256-cbc"

[present]
header = false
keywords = false
subject_tag = true

[keystore]
directory = "keys"
unlock = { file = "passphrase" }

[log]
level = "debug"
)",
                                      directory.path() / "config.toml");
    REQUIRE(config.accounts.size() == 2);
    const auto& work = config.accounts[0];
    CHECK(work.name == "work");
    CHECK(work.listen.host == "127.0.0.1");
    CHECK(work.listen.port == 1143);
    CHECK(work.server.security == proxy::ServerAddress::Security::tls);
    CHECK(work.server.host == "imap.example.org");
    CHECK(work.server.port == 993);
    CHECK(work.ca_file == directory.path() / "ca.pem");
    CHECK(work.timeouts.connect == std::chrono::seconds{5});
    CHECK(work.timeouts.login == std::chrono::minutes{1});
    CHECK(work.timeouts.idle == std::chrono::minutes{30});
    CHECK(work.max_connections == 1000);
    CHECK(work.any_local_user);
    CHECK_FALSE(work.compress_client);
    CHECK(work.compress_server);
    const auto& home = config.accounts[1];
    CHECK(home.listen.host == "::1");
    CHECK(home.server.security == proxy::ServerAddress::Security::start_tls);
    CHECK(home.server.host == "mail.example.net");
    CHECK(home.server.port == 1430);
    CHECK_FALSE(home.ca_file);
    CHECK_FALSE(config.decrypt.enabled);
    CHECK(config.decrypt.max_message == 50'000'000);
    CHECK(config.decrypt.legacy);
    CHECK(config.decrypt.errant == smime::Errant::attach);
    CHECK(config.decrypt.unauthenticated_html == smime::UnauthenticatedHtml::text);
    CHECK(config.append.plaintext_copies == proxy::PlaintextCopies::warn);
    CHECK(config.append.encrypt_to_self);
    CHECK(config.append.certificate == "alice@example.org");
    CHECK(config.append.encrypt_all);
    CHECK(config.append.cipher == smime::EnvelopeCipher::aes_256_cbc);
    CHECK_FALSE(config.present.header);
    CHECK_FALSE(config.present.keywords);
    CHECK(config.present.subject_tag);
    CHECK(config.keystore.directory == directory.path() / "keys");
    CHECK(config.keystore.unlock.file == directory.path() / "passphrase");
    CHECK_FALSE(config.keystore.unlock.prompt);
    CHECK(config.log.level == "debug");
    CHECK(config.file == directory.path() / "config.toml");
}

TEST_CASE("a local socket's path is the file's neighbour, at home, or absolute", "[config]") {
    const ConfigDirectory directory;
    const auto path = [&](const std::string& listens) {
        const auto config = Config::parse(listen(listens), directory.path() / "config.toml");
        CHECK(config.accounts.at(0).listen.port == 0);
        CHECK(proxy::to_text(config.accounts[0].listen) ==
              "unix:" + config.accounts[0].listen.path.string());
        return config.accounts[0].listen.path;
    };
    CHECK(path("unix:imap.sock") == directory.path() / "imap.sock");
    CHECK(path("unix:keys/imap.sock") == directory.path() / "keys" / "imap.sock");
    CHECK(path("unix:" + (directory.path() / "x").string()) == directory.path() / "x");
    CHECK(path("unix:~/x") == *proxy::home_directory() / "x");
}

TEST_CASE("which leg is compressed is said in one word", "[config]") {
    const ConfigDirectory directory;
    const auto legs = [&](const std::string& word) {
        const auto text = account("compress = \"" + word + "\"\n");
        const auto work = Config::parse(text, directory.path() / "config.toml").accounts.at(0);
        return std::pair{work.compress_client, work.compress_server};
    };
    CHECK(legs("none") == std::pair{false, false});
    CHECK(legs("client") == std::pair{true, false});
    CHECK(legs("server") == std::pair{false, true});
    CHECK(legs("both") == std::pair{true, true});
}

TEST_CASE("what a configuration does not say has its default", "[config]") {
    const ConfigDirectory directory;
    const auto config = Config::parse(account(), directory.path() / "config.toml");
    CHECK(config.accounts.at(0).timeouts.connect == std::chrono::seconds{30});
    CHECK(config.accounts.at(0).timeouts.idle >= std::chrono::minutes{30});  // RFC 9051, 5.4
    CHECK(config.accounts.at(0).timeouts.login >= std::chrono::minutes{3});  // as Dovecot
    CHECK(config.accounts.at(0).max_connections == 64);
    CHECK_FALSE(config.accounts.at(0).any_local_user);
    CHECK(config.accounts.at(0).compress_client);
    CHECK_FALSE(config.accounts.at(0).compress_server);
    CHECK(config.decrypt.enabled);
    CHECK(config.decrypt.max_message == 0);
    CHECK_FALSE(config.decrypt.legacy);
    CHECK(config.decrypt.errant == smime::Errant::leave);
    CHECK(config.decrypt.unauthenticated_html == smime::UnauthenticatedHtml::strip);
    CHECK(config.append.plaintext_copies == proxy::PlaintextCopies::refuse);
    CHECK_FALSE(config.append.encrypt_to_self);
    CHECK_FALSE(config.append.encrypt_all);
    CHECK(config.append.cipher == smime::EnvelopeCipher::aes_256_gcm);
    CHECK(config.present.header);
    CHECK(config.present.keywords);
    CHECK_FALSE(config.present.subject_tag);
    CHECK_FALSE(config.keystore.directory);
    CHECK(config.log.level == "info");
}

TEST_CASE("what is written in another way is accepted as well", "[config]") {
    const ConfigDirectory directory;
    const std::vector<std::string> accepted = {
        "",
        "# nothing but a comment\n",
        "\xef\xbb\xbf# a byte order mark\n[log]\nlevel = \"info\"\n",
        "[log]\r\nlevel = \"trace\"\r\n",
        "log.level = \"warn\"\n",
        "log = { level = \"error\" }\n",
        "[log]\n[decrypt]\n[keystore]\n",
        "account = []\n",
        "account = [{ name = \"a\", listen = \"127.0.0.1:1\", upstream = \"imaps://a.example\" "
        "}]\n",
        account("connect_timeout = 1\nidle_timeout = 604800\n"),
        account("connect_timeout = 600\nidle_timeout = 1\n"),
        listen("127.0.0.1:0") + "[[account]]\nname = \"b\"\nlisten = \"127.0.0.1:0\"\n" +
            "upstream = \"imaps://b.example\"\n",
        listen("127.0.0.1:1143") + "[[account]]\nname = \"b\"\nlisten = \"[::1]:1143\"\n" +
            "upstream = \"imaps://b.example\"\n",
        listen("127.1.2.3:65535"),
        listen("localhost:1143"),
        listen("LocalHost:1143"),
        listen("[0:0:0:0:0:0:0:1]:1143"),
        upstream("IMAPS://imap.example.org"),
        upstream("imaps://imap.example.org:993"),
        upstream("imaps://192.0.2.1"),
        upstream("imaps://[2001:db8::1]"),
        upstream("imaps://[2001:db8::1]:9930"),
        upstream("imaps://mail"),
        upstream("imaps://mail_1.lan"),
        upstream("imaps://xn--bcher-kva.example"),
        upstream("imap://1.example"),
        upstream("imap+plaintext://127.0.0.1"),
        upstream("imap+plaintext://localhost:1430"),
        upstream("imap+plaintext://[::1]:143"),
        upstream("imap+plaintext://127.0.0.1:1144"),
        "[keystore]\ndirectory = \"keys\"\nunlock = { prompt = true }\n",
        "[keystore]\ndirectory = \"keys\"\nunlock = { prompt = false }\n",
        "[keystore]\ndirectory = \"./keys/../keys\"\nunlock.command = \"cat x\"\n",
        "[keystore]\ndirectory = \"keys\"\n[keystore.unlock]\nfile = \"passphrase\"\n",
        "[keystore]\ndirectory = \"keys\"\nunlock = { prompt = false, file = \"passphrase\" }\n",
        "[decrypt]\nmax_message = 0\n",
        "[decrypt]\nerrant = \"leave\"\n",
        "[decrypt]\nunauthenticated_html = \"strip\"\n",
        "[decrypt]\nunauthenticated_html = \"keep\"\n",
        "[append]\nplaintext_copies = \"refuse\"\nencrypt_to_self = false\n",
        "[append]\nplaintext_copies = \"allow\"\nencrypt_to_self = true\ncipher = "
        "\"aes-256-gcm\"\n",
        "[decrypt]\nmax_message = 1_073_741_824\n",
    };
    for (const auto& text : accepted) {
        INFO(text);
        CHECK(complaint(directory, text) == "");
    }
}

TEST_CASE("a path of the configuration is relative to the file that names it", "[config]") {
    const std::filesystem::path base = "/etc/mail";
    CHECK(proxy::expand_path("keys", base) == "/etc/mail/keys");
    CHECK(proxy::expand_path("../keys", base) == "/etc/keys");
    CHECK(proxy::expand_path("/srv/keys", base) == "/srv/keys");
    const auto home = *proxy::home_directory();
    CHECK(proxy::expand_path("~/keys", base) == home / "keys");
    CHECK(proxy::expand_path("~", base));
    CHECK_FALSE(proxy::expand_path("~other/keys", base));
    CHECK_FALSE(proxy::expand_path("", base));
}

TEST_CASE("a file that is missing, a directory, too large or open to others is refused",
          "[config]") {
    const ConfigDirectory directory;
    const auto load = [](const std::filesystem::path& file) -> std::string {
        try {
            Config::load(file);
        } catch (const ConfigError& error) {
            return error.what();
        }
        return {};
    };
    CHECK(load(directory.path() / "nowhere")
              .find("there is no such file; name another with -c FILE") != std::string::npos);
    CHECK(load(directory.path()).find("this is a directory") != std::string::npos);
    CHECK(load(directory.write("large", std::string(1024 * 1024 + 1, '\n'))).find("too large") !=
          std::string::npos);
    const auto file = directory.write("config.toml", account());
    CHECK(load(file) == "");
    REQUIRE(::chmod(file.c_str(), 0666) == 0);
    CHECK(load(file).find("others may write this file; forbid it: chmod go-w") !=
          std::string::npos);
    if (::geteuid() != 0) {  // root reads everything
        REQUIRE(::chmod(file.c_str(), 0200) == 0);
        CHECK(load(file).find("Permission denied; check its owner and mode") != std::string::npos);
    }
}

TEST_CASE("the default file is where the XDG Base Directory Specification says", "[config]") {
    const char* before = ::getenv("XDG_CONFIG_HOME");
    const std::string kept = before ? before : "";
    ::setenv("XDG_CONFIG_HOME", "/srv/config", 1);
    CHECK(proxy::default_config_file() == "/srv/config/paperknife/config.toml");
    ::setenv("XDG_CONFIG_HOME", "relative", 1);
    CHECK(proxy::default_config_file() ==
          *proxy::home_directory() / ".config/paperknife/config.toml");
    before ? ::setenv("XDG_CONFIG_HOME", kept.c_str(), 1) : ::unsetenv("XDG_CONFIG_HOME");
}

TEST_CASE("is_loopback knows the loopback's addresses and names", "[config]") {
    for (const auto* host : {"127.0.0.1", "127.255.255.254", "::1", "localhost", "LOCALHOST"}) {
        CHECK(proxy::is_loopback(host));
    }
    for (const auto* host : {"", "128.0.0.1", "0.0.0.0", "::", "127.0.0.1.example.org",
                             "localhost.example.org", "127.1", "::ffff:127.0.0.1"}) {
        CHECK_FALSE(proxy::is_loopback(host));
    }
}

TEST_CASE("places of [verify] know where they are named", "[config]") {
    const ConfigDirectory directory;
    const auto file = (directory.path() / "config.toml").string();
    const auto verify =
        Config::parse("[verify]\ntrust = [\"a\",\n  \"system\", \"b\"]\ncrls = \"c\"\n", file)
            .verify;
    REQUIRE(verify.trust.size() == 2);
    CHECK(verify.trust[0].path == directory.path() / "a");
    CHECK(verify.trust[0].where == file + ":2:10: verify.trust");
    CHECK(verify.trust[1].where == file + ":3:13: verify.trust");
    REQUIRE(verify.system_trust);
    CHECK(verify.system_trust->where == file + ":3:3: verify.trust");
    REQUIRE(verify.crls.size() == 1);
    CHECK(verify.crls[0].where == file + ":4:8: verify.crls");
}
