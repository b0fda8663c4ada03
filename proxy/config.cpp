#include "proxy/config.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <map>

#include "proxy/config_address.hpp"
#include "proxy/config_path.hpp"
#include "proxy/config_section.hpp"
#include "proxy/descriptor.hpp"
#include "proxy/log.hpp"
#include "proxy/tls.hpp"

namespace proxy {
namespace {

// A configuration of a thousand accounts has some 200 kB.
constexpr std::size_t file_limit = 1024 * 1024;

// The name stands in log lines, and will stand in names of files.
constexpr std::size_t name_limit = 64;

constexpr std::int64_t longest_connect = 600;
constexpr std::int64_t longest_login = 3600;
constexpr std::int64_t most_connections = 100'000;
constexpr std::int64_t longest_idle = 7 * 24 * 60 * 60;

// Of one layer's content: beyond, lengths leave what the DER reader takes (ASN-02).
constexpr std::int64_t largest_message = 1024 * 1024 * 1024;

bool is_account_name(std::string_view name) {
    const auto allowed = [](char octet) {
        return (octet >= 'a' && octet <= 'z') || (octet >= 'A' && octet <= 'Z') ||
               (octet >= '0' && octet <= '9') || octet == '-' || octet == '_' || octet == '.';
    };
    return name.size() <= name_limit && name.front() != '.' && name.front() != '-' &&
           std::all_of(name.begin(), name.end(), allowed);
}

bool is_same(const ListenAddress& listen, std::string_view host, std::uint16_t port) {
    return listen.port == port &&
           (listen.host == host || (listen.host == "127.0.0.1" && host == "localhost"));
}

std::optional<std::string> read_name(Section& section) {
    if (!section.requires_key("name")) return std::nullopt;
    auto name = section.text("name");
    if (!name || is_account_name(*name)) return name;
    section.complain("name", "this is no name for an account; write up to " +
                                 std::to_string(name_limit) +
                                 " letters, digits, \"-\", \"_\" and \".\", as in name = \"work\"");
    return std::nullopt;
}

/// Reads an address by the given grammar, or complains.
template <class Address>
std::optional<Address> read_address(
    Section& section, std::string_view key,
    std::variant<Address, AddressProblem> (*parse)(std::string_view)) {
    if (!section.requires_key(key)) return std::nullopt;
    const auto text = section.text(key);
    if (!text) return std::nullopt;
    auto address = parse(*text);
    if (auto* found = std::get_if<Address>(&address)) return std::move(*found);
    section.complain(key, std::get<AddressProblem>(address).text);
    return std::nullopt;
}

ListenAddress read_listen(Section& section, const std::filesystem::path& base) {
    auto listen = read_address(section, "listen", parse_listen_address).value_or(ListenAddress{});
    if (listen.path.empty()) return listen;
    const auto path = expand_path(listen.path.string(), base);
    const auto problem =
        path ? problem_with_socket_path(*path)
             : std::string{"this is no path; write \"unix:imap.sock\" or \"unix:~/imap.sock\""};
    if (!problem.empty()) section.complain("listen", problem);
    listen.path = path.value_or("");
    return listen;
}

/// compress = which of the two connections is compressed, if the other side wants it.
void read_compress(Section& section, Account& account) {
    const auto word = section.text("compress");
    if (!word) return;
    const bool known = *word == "none" || *word == "client" || *word == "server" || *word == "both";
    if (!known) {
        section.complain("compress",
                         "this is neither; write \"none\", \"client\", \"server\" or \"both\"");
    }
    account.compress_client = *word == "client" || *word == "both";
    account.compress_server = *word == "server" || *word == "both";
}

/// An account whose errors have been complained about may lack what was wrong.
Account read_account(Section& section, const std::filesystem::path& base) {
    Account account;
    account.name = read_name(section).value_or("");
    account.listen = read_listen(section, base);
    account.server =
        read_address(section, "upstream", parse_server_address).value_or(ServerAddress{});
    account.ca_file = section.path("ca_file", base);
    if (account.ca_file) {
        auto problem = problem_with_file(*account.ca_file);
        if (problem.empty()) problem = TlsContext::problem_with(*account.ca_file);
        if (!problem.empty()) section.complain("ca_file", problem);
    }
    if (const auto seconds = section.integer("connect_timeout", 1, longest_connect)) {
        account.timeouts.connect = std::chrono::seconds{*seconds};
    }
    if (const auto seconds = section.integer("idle_timeout", 1, longest_idle)) {
        account.timeouts.idle = std::chrono::seconds{*seconds};
    }
    if (const auto seconds = section.integer("login_timeout", 1, longest_login)) {
        account.timeouts.login = std::chrono::seconds{*seconds};
    }
    if (const auto connections = section.integer("max_connections", 1, most_connections)) {
        account.max_connections = static_cast<std::size_t>(*connections);
    }
    account.any_local_user = section.boolean("any_local_user").value_or(false);
    read_compress(section, account);
    if (account.server.port == account.listen.port && account.listen.port != 0 &&
        is_same(account.listen, account.server.host, account.server.port)) {
        section.complain("upstream",
                         "this is the address that paperknife itself listens on; name the mail "
                         "server's");
    }
    return account;
}

/// Reads all accounts; complains of a name or an address that two of them have.
std::vector<Account> read_accounts(const toml::table& file, const std::filesystem::path& base,
                                   Complaints& complaints) {
    std::vector<Account> accounts;
    const auto* node = file.get("account");
    if (!node) return accounts;
    const auto* list = node->as_array();
    if (!list) {
        complaints.add(node->source().begin, "account",
                       "there can be several accounts; write [[account]], with two brackets");
        return accounts;
    }
    std::map<std::string, toml::source_index> names, addresses;
    const auto claim = [](auto& taken, const std::string& what, Section& section,
                          std::string_view key) {
        const auto [first, is_new] = taken.emplace(what, section.position(key).line);
        if (is_new) return;
        section.complain(key, "the account of line " + std::to_string(first->second) +
                                  " has it already; choose another");
    };
    for (const auto& element : *list) {
        const auto* table = element.as_table();
        if (!table) {
            complaints.add(element.source().begin, "account",
                           "an account is a section; write [[account]] and its keys below");
            continue;
        }
        Section section{*table, account_keys, complaints};
        auto account = read_account(section, base);
        if (!account.name.empty()) claim(names, account.name, section, "name");
        if (account.listen.port != 0 || !account.listen.path.empty()) {
            claim(addresses, to_text(account.listen), section, "listen");
        }
        accounts.push_back(std::move(account));
    }
    return accounts;
}

std::optional<smime::UnauthenticatedHtml> read_unauthenticated_html(Section& section) {
    using smime::UnauthenticatedHtml;
    const auto word = section.text("unauthenticated_html");
    if (!word) return std::nullopt;
    if (*word == "strip") return UnauthenticatedHtml::strip;
    if (*word == "text") return UnauthenticatedHtml::text;
    if (*word == "keep") return UnauthenticatedHtml::keep;
    section.complain("unauthenticated_html",
                     "this is none of the ways; write \"strip\", \"text\" or \"keep\"");
    return std::nullopt;
}

/// pins = { "alice@example.org" = "sha256:…" }, or a list of such.
void read_pins(const toml::table& table, Complaints& complaints, std::vector<smime::Pin>& pins) {
    for (const auto& [key, node] : table) {
        const std::string name = "verify.pins.\"" + std::string{key.str()} + '"';
        const auto address = smime::MailAddress::parse(key.str());
        if (!address)
            complaints.add(key.source().begin, name,
                           "this is no mail address; write user@example.org = …");
        const toml::array one{node.value_or(std::string{})};
        const auto* list = node.is_array() ? node.as_array() : &one;
        if (list->empty())
            complaints.add(node.source().begin, name,
                           "there is no fingerprint; write one, or take the address out");
        for (const auto& item : *list) {
            const auto fingerprint = smime::read_fingerprint(item.value_or(std::string{}));
            if (!fingerprint) {
                complaints.add(
                    node.source().begin, name,
                    "this is no fingerprint; write \"sha256:\" and the 64 hexadecimal digits that "
                    "openssl x509 -noout -fingerprint -sha256 -in FILE shows");
            } else if (address) {
                pins.push_back({*address, *fingerprint});
            }
        }
    }
}

/// "system" stands for whom the system trusts for mail, among the files and folders of trust.
constexpr std::string_view system_trust = "system";

Config::Verify read_verify(Section section, const std::filesystem::path& base,
                           Complaints& complaints) {
    Config::Verify verify;
    verify.enabled = section.boolean("enabled").value_or(verify.enabled);
    verify.trust = section.paths("trust", base);
    std::erase_if(verify.trust, [&](const NamedPath& named) {
        if (named.path != base / system_trust || std::filesystem::exists(named.path)) return false;
        verify.system_trust = named;
        return true;
    });
    verify.intermediates = section.paths("intermediates", base);
    verify.crls = section.paths("crls", base);
    if (const auto revocation = section.text("revocation")) {
        if (*revocation == "off") {
            verify.revocation = keystore::RevocationPolicy::off;
        } else if (*revocation == "require") {
            verify.revocation = keystore::RevocationPolicy::require;
        } else if (*revocation != "soft") {
            section.complain("revocation",
                             R"(this is none of its values; write "soft", "require" or "off")");
        }
    }
    if (const auto* pins = section.table("pins")) read_pins(*pins, complaints, verify.pins);
    return verify;
}

Config::Present read_present(Section section) {
    Config::Present present;
    present.keywords = section.boolean("keywords").value_or(present.keywords);
    present.header = section.boolean("header").value_or(present.header);
    present.subject_tag = section.boolean("subject_tag").value_or(present.subject_tag);
    return present;
}

PlaintextCopies read_plaintext_copies(Section& section) {
    const auto word = section.text("plaintext_copies").value_or("refuse");
    if (word == "warn") return PlaintextCopies::warn;
    if (word == "allow") return PlaintextCopies::allow;
    if (word != "refuse")
        section.complain("plaintext_copies",
                         R"(this is none of its values; write "refuse", "warn" or "allow")");
    return PlaintextCopies::refuse;
}

Config::Append read_append(Section section) {
    Config::Append append;
    append.plaintext_copies = read_plaintext_copies(section);
    if (section.is_text("encrypt_to_self")) {
        append.certificate = section.text("encrypt_to_self").value_or("");
        append.encrypt_to_self = !append.certificate.empty();
    } else {
        append.encrypt_to_self = section.boolean("encrypt_to_self").value_or(false);
    }
    append.encrypt_all = section.boolean("encrypt_all").value_or(false);
    if (append.encrypt_all && !append.encrypt_to_self)
        section.complain("encrypt_all", "nothing is encrypted; write encrypt_to_self = true, too");
    const auto cipher = section.text("cipher").value_or("aes-256-gcm");
    if (cipher == "aes-256-cbc") {
        append.cipher = smime::EnvelopeCipher::aes_256_cbc;
    } else if (cipher != "aes-256-gcm") {
        section.complain("cipher",
                         R"(this is none of its values; write "aes-256-gcm" or "aes-256-cbc")");
    }
    return append;
}

Config::Decrypt read_decrypt(Section section) {
    Config::Decrypt decrypt;
    decrypt.enabled = section.boolean("enabled").value_or(decrypt.enabled);
    decrypt.max_message =
        static_cast<std::size_t>(section.integer("max_message", 0, largest_message).value_or(0));
    decrypt.legacy = section.boolean("legacy").value_or(decrypt.legacy);
    if (const auto errant = section.text("errant")) {
        if (*errant == "attach") {
            decrypt.errant = smime::Errant::attach;
        } else if (*errant != "leave") {
            section.complain("errant", R"(this is none of its values; write "leave" or "attach")");
        }
    }
    decrypt.unauthenticated_html =
        read_unauthenticated_html(section).value_or(decrypt.unauthenticated_html);
    return decrypt;
}

Unlock read_unlock(Section section, const std::filesystem::path& base) {
    Unlock unlock;
    unlock.prompt = section.boolean("prompt").value_or(false);
    unlock.command = section.text("command");
    unlock.file = section.path("file", base);
    if (unlock.file) {
        const auto problem = problem_with_file(*unlock.file);
        if (!problem.empty()) section.complain("file", problem);
    }
    const int ways = int{unlock.prompt} + int{section.has("command")} + int{section.has("file")};
    if (ways > 1) {
        const auto* key = section.has("file") ? "file" : "command";
        section.complain(key,
                         "there is another way beside this; keep one of prompt, command, file");
    }
    return unlock;
}

Config::Keys read_keystore(Section section, const std::filesystem::path& base,
                           Complaints& complaints) {
    Config::Keys keys;
    keys.directory = section.path("directory", base);
    if (keys.directory) {
        const auto problem = problem_with_directory(*keys.directory);
        if (!problem.empty()) section.complain("directory", problem);
    }
    if (const auto* unlock = section.table("unlock")) {
        keys.unlock = read_unlock(Section{*unlock, unlock_keys, complaints}, base);
        if (!section.has("directory")) {
            section.complain("unlock", "there is nothing to unlock; write directory = \"keys\"");
        }
    }
    return keys;
}

Config::Log read_log(Section section) {
    Config::Log log;
    const auto level = section.text("level");
    if (!level) return log;
    if (log::level_named(*level)) {
        log.level = *level;
    } else {
        section.complain("level",
                         R"(this is no level; write "error", "warn", "info", "debug" or "trace")");
    }
    return log;
}

toml::table parse_toml(std::string_view text, const std::filesystem::path& file,
                       Complaints& complaints) {
    try {
        return toml::parse(text, file.string());
    } catch (const toml::parse_error& error) {
        complaints.add(error.source().begin, "",
                       std::string{error.description()} + "; correct the line (https://toml.io)");
        complaints.raise();
        throw;
    }
}

[[noreturn]] void refuse(const std::filesystem::path& file, const std::string& text) {
    throw ConfigError(log::one_line(file.string() + ": " + text));
}

/// Who may write the file decides which server gets the login, and names a command that is run.
void check_owner(const std::filesystem::path& file, const struct stat& about) {
    if (about.st_uid != ::geteuid() && about.st_uid != 0) {
        refuse(file, "this file belongs to another user; make a copy of your own");
    }
    if ((about.st_mode & S_IWOTH) != 0) {
        refuse(file, "others may write this file; forbid it: chmod go-w " + file.string());
    }
}

std::string read_file(const std::filesystem::path& file) {
    const Descriptor descriptor{::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY)};
    if (!descriptor && errno == ENOENT) {
        refuse(file,
               "there is no such file; name another with -c FILE (paperknife.toml(5) says what to "
               "write into it)");
    }
    struct stat about {};
    if (!descriptor || ::fstat(descriptor.number(), &about) != 0) {
        refuse(file, std::string{std::strerror(errno)} + "; check its owner and mode");
    }
    if (S_ISDIR(about.st_mode)) refuse(file, "this is a directory; name a file in it");
    if (S_ISREG(about.st_mode)) check_owner(file, about);
    std::string text(file_limit + 1, '\0');
    std::size_t size = 0;
    while (size < text.size()) {
        const auto count = read_some(descriptor.number(), text.data() + size, text.size() - size);
        if (count < 0) refuse(file, std::string{"this can't be read: "} + std::strerror(errno));
        if (count == 0) break;
        size += static_cast<std::size_t>(count);
    }
    if (size > file_limit) refuse(file, "this is too large for a configuration (1 MB)");
    text.resize(size);
    return text;
}

}  // namespace

Config Config::load(const std::filesystem::path& file) {
    return parse(read_file(file), file);
}

Config Config::parse(std::string_view text, const std::filesystem::path& file) {
    Complaints complaints{file};
    const auto document = parse_toml(text, file, complaints);

    Config config;
    config.file = std::filesystem::absolute(file);
    const auto base = config.file.parent_path();
    Section top{document, top_keys, complaints};
    config.accounts = read_accounts(document, base, complaints);
    if (const auto* table = top.table("decrypt")) {
        config.decrypt = read_decrypt(Section{*table, decrypt_keys, complaints});
    }
    if (const auto* table = top.table("verify")) {
        config.verify = read_verify(Section{*table, verify_keys, complaints}, base, complaints);
    }
    if (const auto* table = top.table("present")) {
        config.present = read_present(Section{*table, present_keys, complaints});
    }
    if (const auto* table = top.table("append")) {
        config.append = read_append(Section{*table, append_keys, complaints});
    }
    if (const auto* table = top.table("keystore")) {
        config.keystore =
            read_keystore(Section{*table, keystore_keys, complaints}, base, complaints);
    }
    if (const auto* table = top.table("log")) {
        config.log = read_log(Section{*table, log_keys, complaints});
    }
    complaints.raise();
    return config;
}

std::filesystem::path default_config_file() {
    const auto name = std::filesystem::path{"paperknife"} / "config.toml";
    // A relative value is invalid and to be ignored (XDG Base Directory Specification, 1).
    const char* config = std::getenv("XDG_CONFIG_HOME");
    if (config && config[0] == '/') return config / name;
    if (const auto home = home_directory()) return *home / ".config" / name;
    throw ConfigError("there is no home directory to look for the configuration; name it: -c FILE");
}

}  // namespace proxy
