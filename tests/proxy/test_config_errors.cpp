#include <algorithm>
#include <string>
#include <vector>

#include "tests/catch.hpp"
#include "tests/proxy/config_directory.hpp"

using namespace std::string_literals;
using namespace tests;

namespace {

struct Refused {
    std::string text;
    std::vector<std::string>
        parts;  ///< all of which the complaint has; each begins behind the file
};

}  // namespace

TEST_CASE("what is wrong is named with its place and what to do", "[config]") {
    const ConfigDirectory directory;
    const std::vector<Refused> refused = {
        // Syntax
        {"x = \n", {":1:5: ", "expected value"}},
        {"[log\n", {":1:5: ", "table header"}},
        {"[log]\nlevel = \"info\n", {":2:", "string"}},
        {"[log]\n\n[log]\n", {":3:1: ", "redefine"}},
        {"[log]\nlevel = \"info\"\nlevel = \"info\"\n", {":3:", "redefine"}},
        {"a\xff = 1\n", {":1:", "utf-8"}},
        {std::string(1000, '[') + "\n", {":1:"}},
        // Unknown keys
        {account("conect_timeout = 5\n"),
         {":5:1: account.conect_timeout: ", "\"connect_timeout\"?"}},
        {account("LISTEN = \"x\"\n"), {":5:1: account.LISTEN: ", "\"listen\"?"}},
        {account("colour = \"x\"\n"),
         {":5:1: account.colour: unknown key; known in [[account]]: name, listen"}},
        {"[acount]\n", {":1:2: acount: unknown key; did you mean \"account\"?"}},
        {"[[accounts]]\n", {":1:3: accounts: unknown key; did you mean \"account\"?"}},
        {"\"a\\nb\\u001b\" = 1\n",
         {":1:1: a\\nb\\x1b: unknown key; known in the top level: account"}},
        {std::string(5000, 'k') + " = 1\n", {":1:1: kkkk", "unknown key; known in the top level"}},
        {"[decrypt]\nenable = true\n", {":2:1: decrypt.enable: ", "\"enabled\"?"}},
        {"[decrypt]\nunauthenticated_htm = \"text\"\n",
         {":2:1: decrypt.unauthenticated_htm: ", "\"unauthenticated_html\"?"}},
        {"[log]\nlvel = \"info\"\n", {":2:1: log.lvel: ", "\"level\"?"}},
        {"[keystore]\ndir = \"keys\"\n",
         {":2:1: keystore.dir: unknown key; known in [keystore]: directory, unlock"}},
        {"[keystore]\ndirectory = \"keys\"\nunlock = { promt = true }\n",
         {":3:12: keystore.unlock.promt: ", "\"prompt\"?"}},
        {"level = \"info\"\n",
         {":1:1: level: this key does not belong in the top level; move it below [log]"}},
        {"[log]\nupstream = \"imaps://a.example\"\n",
         {":2:1: log.upstream: this key does not belong in [log]; move it below [[account]]"}},
        {"[append]\nplaintext_copies = \"ask\"\n",
         {":2:20: append.plaintext_copies: this is none of its values; write \"refuse\", \"warn\" "
          "or \"allow\""}},
        {"[append]\nencrypt_to_self = 1\n",
         {":2:19: append.encrypt_to_self: ", "write encrypt_to_self = true, false, or \"alice"}},
        {"[append]\nencrypt_to_self = \"\"\n", {":2:19: append.encrypt_to_self: this is empty"}},
        {"[append]\nencrypt_all = true\n",
         {":2:15: append.encrypt_all: nothing is encrypted; write encrypt_to_self = true, too"}},
        {"[append]\nencrypt_to_self = true\ncipher = \"3des\"\n",
         {":3:10: append.cipher: this is none of its values; write \"aes-256-gcm\" or "
          "\"aes-256-cbc\""}},
        // Keys of later versions
        {"[search]\n", {":1:2: search: [search] is not known to this version"}},
        {"[cache]\n", {":1:2: cache: [cache] is not known to this version"}},
        {account("pin = \"x\"\n"), {":5:1: account.pin: this key is not known to this version"}},
        {account("allow_remote = true\n"),
         {":5:1: account.allow_remote: ", "not known to this version"}},
        {"[decrypt]\nlimits = {}\n", {":2:1: decrypt.limits: ", "not known to this version"}},
        {"[keystore]\nlocked = \"refuse\"\n",
         {":2:1: keystore.locked: ", "not known to this version"}},
        {"[keystore]\ndirectory = \"keys\"\nunlock = { keyring = \"x\" }\n",
         {":3:12: keystore.unlock.keyring: ", "not known to this version"}},
        {listen("unix:"),
         {":3:10: account.listen: the socket's path is missing", "unix:imap.sock"}},
        {listen("unix:~bob/imap.sock"), {":3:10: account.listen: this is no path"}},
        {listen("unix:/not/there/imap.sock"),
         {":3:10: account.listen: the directory /not/there is not there; create it"}},
        {listen("unix:/tmp/" + std::string(103, 'x')),
         {":3:10: account.listen: the socket's path has 108 octets, 107 are possible"}},
        {account("compress = \"gzip\"\n"),
         {":5:12: account.compress: this is neither; write \"none\", \"client\""}},
        {account("max_connections = 0\n"), {"account.max_connections: 0 is out of range"}},
        {account("login_timeout = 0\n"), {"account.login_timeout: 0 is out of range"}},
        {account("any_local_user = \"yes\"\n"), {":5:18: account.any_local_user: "}},
        // Wrong types
        {"account = 5\n", {":1:11: account: ", "[[account]]"}},
        {"[account]\nname = \"a\"\n", {":1:1: account: ", "[[account]], with two brackets"}},
        {"account = [ 1 ]\n", {":1:13: account: ", "[[account]]"}},
        {"log = \"debug\"\n", {":1:7: log: a section is wanted, this is a string; write [log]"}},
        {"[[log]]\n", {":1:1: log: a section is wanted, this is a list; write [log]"}},
        {"[log]\nlevel = 3\n",
         {":2:9: log.level: a string is wanted, this is a whole number; write level = \"info\""}},
        {"[decrypt]\nenabled = \"yes\"\n",
         {":2:11: decrypt.enabled: true or false is wanted, this is a string"}},
        {"[decrypt]\nlegacy = 1\n",
         {":2:10: decrypt.legacy: true or false is wanted, this is a whole number; write legacy = "
          "true, or false"}},
        {"[decrypt]\nlegcy = true\n",
         {":2:1: decrypt.legcy: unknown key; did you mean \"legacy\"?"}},
        {"legacy = true\n", {"move it below [decrypt]"}},
        {"[decrypt]\nmax_message = \"50 MB\"\n",
         {":2:15: decrypt.max_message: a whole number is wanted, this is a string"}},
        {"[decrypt]\nmax_message = 1.5\n",
         {":2:15: decrypt.max_message: a whole number is wanted, this is a number with a "
          "fraction"}},
        {account("idle_timeout = 00:30:00\n"),
         {":5:16: account.idle_timeout: a whole number is wanted, this is a time"}},
        {account("ca_file = [\"ca.pem\"]\n"),
         {":5:11: account.ca_file: a string is wanted, this is a list"}},
        {"[keystore]\ndirectory = \"keys\"\nunlock = \"prompt\"\n",
         {":3:10: keystore.unlock: a table is wanted, this is a string; write unlock = { prompt = "
          "true }"}},
        {"[keystore]\ndirectory = \"keys\"\nunlock = { command = [\"a\", \"b\"] }\n",
         {":3:22: keystore.unlock.command: a string is wanted, this is a list"}},
        // Out of range
        {account("connect_timeout = 0\n"),
         {":5:19: account.connect_timeout: 0 is out of range; from 1 to 600"}},
        {account("connect_timeout = -1\n"), {"account.connect_timeout: -1 is out of range"}},
        {account("idle_timeout = 604801\n"),
         {"account.idle_timeout: 604801 is out of range; from 1 to 604800"}},
        {"[decrypt]\nmax_message = -5\n", {"decrypt.max_message: -5 is out of range; from 0 to"}},
        {"[decrypt]\nmax_message = 1_073_741_825\n",
         {"decrypt.max_message: 1073741825 is out of range"}},
        {"[decrypt]\nmax_message = 99999999999999999999\n", {":2:"}},
        {"[decrypt]\nunauthenticated_html = \"remove\"\n",
         {":2:24: decrypt.unauthenticated_html: ", "\"strip\", \"text\" or \"keep\""}},
        {"[decrypt]\nunauthenticated_html = false\n",
         {":2:24: decrypt.unauthenticated_html: a string is wanted, this is true or false; write "
          "unauthenticated_html = \"strip\""}},
        {"[log]\nlevel = \"verbose\"\n",
         {":2:9: log.level: ", "write \"error\", \"warn\", \"info\", \"debug\" or \"trace\""}},
        {"[decrypt]\nerrant = \"open\"\n",
         {":2:10: decrypt.errant: ", "write \"leave\" or \"attach\""}},
        {"[decrypt]\nerrant = true\n",
         {":2:10: decrypt.errant: a string is wanted", "write errant = \"leave\", or \"attach\""}},
        {"[decrypt]\nerrnt = \"leave\"\n", {":2:1: decrypt.errnt: ", "\"errant\"?"}},
        {"[log]\nlevel = \"\"\n", {":2:9: log.level: this is empty"}},
        // Accounts
        {"[[account]]\n",
         {":1:1: account.name: this key is missing; write name = \"work\"",
          ":1:1: account.listen: this key is missing; write listen = \"127.0.0.1:1143\"",
          ":1:1: account.upstream: this key is missing; write upstream ="}},
        {"[[account]]\nname = \"\"\n", {":2:8: account.name: this is empty"}},
        {"[[account]]\nname = \"../x\"\n", {":2:8: account.name: this is no name"}},
        {"[[account]]\nname = \".hidden\"\n", {":2:8: account.name: this is no name"}},
        {"[[account]]\nname = \"" + std::string(65, 'a') + "\"\n",
         {":2:8: account.name: this is no name", "up to 64"}},
        {"[[account]]\nname = \"a\\nb\"\n", {":2:8: account.name: control characters"}},
        {account() + listen("127.0.0.1:1144"),
         {":6:8: account.name: the account of line 2 has it already"}},
        {account() + "[[account]]\nname = \"b\"\nlisten = \"127.0.0.1:1143\"\nupstream = "
                     "\"imaps://b.example\"\n",
         {":7:10: account.listen: the account of line 3 has it already"}},
        {listen("unix:/tmp/x") + "[[account]]\nname = \"b\"\nlisten = \"unix:/tmp/x\"\nupstream = "
                                 "\"imaps://a.example\"\n",
         {":7:10: account.listen: the account of line 3 has it already"}},
        {account() + "[[account]]\nname = \"b\"\nlisten = \"localhost:1143\"\nupstream = "
                     "\"imaps://b.example\"\n",
         {":7:10: account.listen: the account of line 3 has it already"}},
        // Listening on others than the loopback (LOC-01)
        {listen("0.0.0.0:1143"),
         {":3:10: account.listen: this address is not of the loopback", "127.0.0.1"}},
        {listen("192.0.2.1:1143"), {"account.listen: this address is not of the loopback"}},
        {listen("[::]:1143"), {"account.listen: this address is not of the loopback"}},
        {listen("[2001:db8::1]:1143"), {"account.listen: this address is not of the loopback"}},
        {listen("[::ffff:127.0.0.1]:1143"),
         {"account.listen: this address is not of the loopback"}},
        {listen("*:1143"), {"account.listen: this is no loopback address"}},
        {listen("mail.example.org:1143"), {"account.listen: this is no loopback address"}},
        {listen("127.0.0.1.example.org:1143"), {"account.listen: this is no loopback address"}},
        {listen("127.1:1143"), {"account.listen: this is no loopback address"}},
        {listen(":1143"), {"account.listen: the address is missing"}},
        {listen("1143"), {"account.listen: ", "127.0.0.1:1143"}},
        {listen("127.0.0.1"), {"account.listen: the port is missing"}},
        {listen("127.0.0.1:"), {"account.listen: the port is not a number"}},
        {listen("127.0.0.1:imap"), {"account.listen: the port is not a number"}},
        {listen("127.0.0.1:65536"), {"account.listen: the port is not a number from 0 to 65535"}},
        {listen("127.0.0.1:-1"), {"account.listen: the port is not a number"}},
        {listen("127.0.0.1:1143 "), {"account.listen: the port is not a number"}},
        {listen("::1:1143"),
         {"account.listen: an IPv6 address stands in brackets; write \"[::1]:1143\""}},
        {listen("[::1"), {"account.listen: this is no address"}},
        {listen("[::1]1143"), {"account.listen: this is no address"}},
        {listen("imap://127.0.0.1:1143"), {"account.listen: this is no address"}},
        // Servers
        {upstream("imap.example.org"),
         {":4:12: account.upstream: the scheme is missing; write imaps://imap.example.org"}},
        {upstream("imap.example.org:993"), {"account.upstream: the scheme is missing"}},
        {upstream("https://imap.example.org"),
         {"account.upstream: unknown scheme; write imaps://"}},
        {upstream("imap+tls://imap.example.org"), {"account.upstream: unknown scheme"}},
        {upstream("imaps://"), {"account.upstream: the host is missing"}},
        {upstream("imaps://:993"), {"account.upstream: the host is missing"}},
        {upstream("imaps://imap.example.org/"),
         {"account.upstream: only a host and a port belong here"}},
        {upstream("imaps://imap.example.org/INBOX"),
         {"account.upstream: only a host and a port belong here"}},
        {upstream("imaps://imap.example.org?tls=1"),
         {"account.upstream: only a host and a port belong here"}},
        {upstream("imaps://imap.example.org:0"),
         {"account.upstream: the port is not a number from 1 to 65535"}},
        {upstream("imaps://imap.example.org:"), {"account.upstream: the port is not a number"}},
        {upstream("imaps://imap.example.org:99999"),
         {"account.upstream: the port is not a number"}},
        {upstream("imaps://2001:db8::1"), {"account.upstream: an IPv6 address stands in brackets"}},
        {upstream("imaps://[imap.example.org]"),
         {"account.upstream: what stands in brackets is no IPv6 address"}},
        {upstream("imaps://imap..example.org"), {"account.upstream: this is no host name"}},
        {upstream("imaps://-x.example.org"), {"account.upstream: this is no host name"}},
        {upstream("imaps://bücher.example"), {"account.upstream: this is no host name", "xn--"}},
        {upstream("imaps://192.0.2.300"), {"account.upstream: this is no host name"}},
        {upstream("imaps://imap.example.org "), {"account.upstream: this is no host name"}},
        {upstream("imap+plaintext://imap.example.org"),
         {"account.upstream: imap+plaintext is for servers on this machine only"}},
        {upstream("imap+plaintext://192.0.2.1:143"),
         {"account.upstream: imap+plaintext is for servers on this machine only"}},
        {upstream("imap+plaintext://127.0.0.1:1143"),
         {":4:12: account.upstream: this is the address that paperknife itself listens on"}},
        {upstream("imap+plaintext://localhost:1143"),
         {"account.upstream: this is the address that paperknife itself listens on"}},
        // Files
        {account("ca_file = \"nowhere.pem\"\n"),
         {":5:11: account.ca_file: the file " + (directory.path() / "nowhere.pem").string() +
          " is not there"}},
        {account("ca_file = \"passphrase\"\n"),
         {":5:11: account.ca_file: ", "no certificate can be read from it", "name a file of PEM"}},
        {account("ca_file = \"keys\"\n"), {"account.ca_file: ", "is a directory; name a file"}},
        {account("ca_file = \"~root/ca.pem\"\n"),
         {"account.ca_file: \"~\" stands for your own home directory only"}},
        {"[keystore]\ndirectory = \"nowhere\"\n",
         {":2:13: keystore.directory: the directory " + (directory.path() / "nowhere").string() +
          " is not there"}},
        {"[keystore]\ndirectory = \"ca.pem\"\n", {"keystore.directory: ", "name a directory"}},
        {"[keystore]\ndirectory = \"\"\n", {"keystore.directory: this is empty"}},
        {"[keystore]\ndirectory = \"keys\\u0000\"\n", {"keystore.directory: control characters"}},
        {"[keystore]\nunlock = { prompt = true }\n",
         {":2:10: keystore.unlock: there is nothing to unlock"}},
        {"[keystore]\ndirectory = \"keys\"\nunlock = { file = \"nowhere\" }\n",
         {":3:19: keystore.unlock.file: the file ", "is not there"}},
        {"[keystore]\ndirectory = \"keys\"\nunlock = { prompt = true, file = \"passphrase\" }\n",
         {":3:34: keystore.unlock.file: ", "keep one of prompt, command, file"}},
        {"[keystore]\ndirectory = \"keys\"\nunlock = { command = \"x\", file = \"passphrase\" }\n",
         {":3:34: keystore.unlock.file: ", "keep one"}},
        // Secrets (KEY-01)
        {"[keystore]\npassphrase = \"x\"\n",
         {":2:1: keystore.passphrase: no secret belongs in this file", "chmod 600"}},
        {account("password = \"x\"\n"), {":5:1: account.password: no login belongs in this file"}},
        {account("user = \"me\"\n"), {":5:1: account.user: no login belongs in this file"}},
    };
    const auto file = (directory.path() / "config.toml").string();
    for (const auto& [text, parts] : refused) {
        INFO(text);
        const auto found = complaint(directory, text);
        for (const auto& part : parts) {
            INFO(part);
            INFO(found);
            CHECK(found.find(part) != found.npos);
        }
        CHECK(found.starts_with(file + ":"));
        CHECK(found.find('\r') == found.npos);
    }
    CHECK(refused.size() >= 60);
}

TEST_CASE("no complaint repeats what may be a secret (KEY-01)", "[config]") {
    const ConfigDirectory directory;
    for (const auto& text : {
             upstream("imaps://me:hunter2@imap.example.org"),
             upstream("me:hunter2@imap.example.org"),
             account("password = \"hunter2\"\n"),
             "[keystore]\nunlock = { passphrase = \"hunter2\" }\n"s,
             "[keystore]\npin = \"hunter2\"\n"s,
             "passphrase = \"hunter2\"\n"s,
             "[keystore]\nunlock = \"hunter2\"\n"s,
         }) {
        INFO(text);
        const auto found = complaint(directory, text);
        CHECK_FALSE(found.empty());
        CHECK(found.find("hunter2") == found.npos);
    }
}

TEST_CASE("all that is wrong is told at once, in the file's order", "[config]") {
    const ConfigDirectory directory;
    const auto found =
        complaint(directory, "[log]\nlevel = 1\n[decrypt]\nenabled = 2\n" + listen("0.0.0.0:1"));
    const auto first = found.find("log.level"),
               second = found.find("\n" + directory.path().string()),
               third = found.find("account.listen");
    CHECK(first < second);
    CHECK(second < found.find("decrypt.enabled"));
    CHECK(found.find("decrypt.enabled") < third);
    CHECK(third != found.npos);
}

TEST_CASE("a hundred complaints are cut short", "[config]") {
    const ConfigDirectory directory;
    std::string text;
    for (int i = 0; i < 100; ++i) text += "unknown-" + std::to_string(i) + " = 1\n";
    const auto found = complaint(directory, text);
    CHECK(std::count(found.begin(), found.end(), '\n') == 20);
    CHECK(found.ends_with("and 80 more"));
}
