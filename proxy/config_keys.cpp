#include "proxy/config_keys.hpp"

#include <algorithm>
#include <vector>

#include "proxy/nearest.hpp"

namespace proxy {
namespace {

constexpr KnownKey top_known[] = {
    {"account", "[[account]]"}, {"decrypt", "[decrypt]"}, {"keystore", "[keystore]"},
    {"verify", "[verify]"},     {"present", "[present]"}, {"append", "[append]"},
    {"log", "[log]"},
};
constexpr std::string_view top_later[] = {"search", "cache"};

constexpr KnownKey account_known[] = {
    {"name", R"(name = "work")"},
    {"listen", R"(listen = "127.0.0.1:1143")"},
    {"upstream", R"(upstream = "imaps://imap.example.org")"},
    {"ca_file", R"(ca_file = "company-ca.pem")"},
    {"connect_timeout", "connect_timeout = 30 (seconds)"},
    {"login_timeout", "login_timeout = 240 (seconds)"},
    {"idle_timeout", "idle_timeout = 2100 (seconds)"},
    {"max_connections", "max_connections = 64"},
    {"any_local_user", "any_local_user = true, or false"},
    {"compress", R"(compress = "client" (or "none", "server", "both"))"},
};
constexpr std::string_view account_later[] = {"allow_remote", "pin"};

constexpr KnownKey decrypt_known[] = {
    {"enabled", "enabled = true, or false"},
    {"max_message", "max_message = 157286400 (octets), or 0 for the built-in limit"},
    {"legacy", "legacy = true, or false"},
    {"errant", R"(errant = "leave", or "attach")"},
    {"unauthenticated_html", R"(unauthenticated_html = "strip" (or "text", "keep"))"},
};
constexpr std::string_view decrypt_later[] = {"limits"};

constexpr KnownKey verify_known[] = {
    {"enabled", "enabled = true, or false"},
    {"trust", R"(trust = ["ca.pem"] (files or folders, or "system"))"},
    {"intermediates", R"(intermediates = ["intermediates"] (files or folders))"},
    {"crls", R"(crls = ["crls"] (files or folders))"},
    {"revocation", R"(revocation = "soft" (or "require", "off"))"},
    {"pins", R"(pins = { "alice@example.org" = "sha256:…" })"},
};

constexpr KnownKey present_known[] = {
    {"keywords", "keywords = true, or false"},
    {"header", "header = true, or false"},
    {"subject_tag", "subject_tag = false, or true"},
};

constexpr KnownKey append_known[] = {
    {"plaintext_copies", R"(plaintext_copies = "refuse" (or "warn", "allow"))"},
    {"encrypt_to_self", R"(encrypt_to_self = true, false, or "alice@example.org")"},
    {"encrypt_all", "encrypt_all = true, or false"},
    {"cipher", R"(cipher = "aes-256-gcm", or "aes-256-cbc")"},
};

constexpr KnownKey keystore_known[] = {
    {"directory", R"(directory = "keys")"},
    {"unlock", "unlock = { prompt = true }, { command = \"…\" } or { file = \"…\" }"},
};
constexpr std::string_view keystore_later[] = {"locked"};

constexpr KnownKey unlock_known[] = {
    {"prompt", "prompt = true"},
    {"command", R"(command = "pass show mail/key")"},
    {"file", R"(file = "passphrase")"},
};
constexpr std::string_view unlock_later[] = {"credential", "keyring"};

constexpr KnownKey log_known[] = {
    {"level", R"(level = "info" (or "error", "warn", "debug", "trace"))"},
};
constexpr std::string_view log_later[] = {"log_addresses"};

/// Words for what never stands in the configuration (KEY-01).
constexpr std::string_view secrets[] = {"passphrase", "password", "passwd",   "pass",  "pw",
                                        "secret",     "user",     "username", "login", "token"};

std::vector<std::string_view> names(std::span<const KnownKey> keys) {
    std::vector<std::string_view> result;
    for (const auto& key : keys) result.push_back(key.name);
    return result;
}

bool contains(std::span<const std::string_view> words, std::string_view word) {
    return std::find(words.begin(), words.end(), word) != words.end();
}

std::string joined(std::span<const std::string_view> words) {
    std::string result;
    for (const auto word : words) result += (result.empty() ? "" : ", ") + std::string{word};
    return result;
}

/// The section that key belongs to, if it stands in a wrong one.
const SectionKeys* home_of(std::string_view key) {
    for (const auto* section : {&account_keys, &decrypt_keys, &verify_keys, &present_keys,
                                &append_keys, &keystore_keys, &log_keys}) {
        if (contains(names(section->known), key)) return section;
    }
    return nullptr;
}

}  // namespace

const SectionKeys top_keys{"", "the top level", top_known, top_later};
const SectionKeys account_keys{"account", "[[account]]", account_known, account_later};
const SectionKeys decrypt_keys{"decrypt", "[decrypt]", decrypt_known, decrypt_later};
const SectionKeys verify_keys{"verify", "[verify]", verify_known, {}};
const SectionKeys present_keys{"present", "[present]", present_known, {}};
const SectionKeys append_keys{"append", "[append]", append_known, {}};
const SectionKeys keystore_keys{"keystore", "[keystore]", keystore_known, keystore_later};
const SectionKeys unlock_keys{"keystore.unlock", "keystore.unlock", unlock_known, unlock_later};
const SectionKeys log_keys{"log", "[log]", log_known, log_later};

std::string complaint_about_unknown(const SectionKeys& section, std::string_view key) {
    if (contains(section.later, key)) {
        const auto name = &section == &top_keys ? "[" + std::string{key} + "]" : "this key";
        return name + " is not known to this version, but to a later one; remove it for now";
    }
    if (contains(secrets, key)) {
        if (&section == &account_keys) {
            return "no login belongs in this file; remove it: the mail client's own is passed on "
                   "to the server";
        }
        return "no secret belongs in this file; write the passphrase into a file of its own "
               "(chmod 600) and name that: [keystore] unlock = { file = \"…\" }";
    }
    if (const auto* home = home_of(key); home && home != &section) {
        return "this key does not belong in " + std::string{section.title} + "; move it below " +
               std::string{home->title};
    }
    const auto known = names(section.known);
    if (const auto meant = nearest(key, known)) {
        return "unknown key; did you mean \"" + std::string{*meant} + "\"?";
    }
    if (const auto meant = nearest(key, section.later)) {
        return "unknown key, and \"" + std::string{*meant} +
               "\" is not known to this version; remove it";
    }
    return "unknown key; known in " + std::string{section.title} + ": " + joined(known);
}

std::string how_to_write(const SectionKeys& section, std::string_view key) {
    for (const auto& known : section.known) {
        if (known.name == key) return "write " + std::string{known.example};
    }
    return "see paperknife.toml(5)";
}

}  // namespace proxy
