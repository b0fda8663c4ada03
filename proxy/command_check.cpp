#include "proxy/command_check.hpp"

#include <sys/stat.h>

#include <chrono>
#include <cstdio>
#include <string>
#include <string_view>

#include "proxy/certificate_text.hpp"
#include "proxy/command_check_trust.hpp"
#include "proxy/install_id.hpp"
#include "proxy/log.hpp"
#include "proxy/own_certificate.hpp"
#include "proxy/probe.hpp"
#include "proxy/unlock.hpp"

namespace proxy {
namespace {

// RFC 9051, 5.4: a server's inactivity timer is at least this; clients in IDLE count on it.
constexpr std::chrono::minutes idle_wanted{30};

void check_file(const Config& config, Findings& findings) {
    const auto name = config.file.string();
    struct stat about {};
    if (::stat(name.c_str(), &about) == 0 && (about.st_mode & S_IWGRP) != 0) {
        findings.note(name +
                      ": your group may write this file, which names your server and your keys; "
                      "forbid it: chmod go-w " +
                      name);
    }
    if (config.accounts.empty()) {
        findings.problem(name + ": there is no [[account]]; write one (paperknife.toml(5))");
    } else {
        findings.ok(name + ": accounts: " + std::to_string(config.accounts.size()));
    }
}

void check_library(Findings& findings) {
    if (keystore::library_is_current()) {
        findings.ok("library: " + keystore::library_version());
    } else {
        findings.note("library: " + keystore::library_version() +
                      " lacks security fixes that 3.6.6 has; upgrade it, or the system");
    }
}

void check_identity(const keystore::Identity& identity, Findings& findings) {
    const auto& certificate = identity.certificate();
    findings.ok(identity.source() + ": " + whose(certificate) + ", " + identity.key_text() +
                ", until " + day_text(certificate.not_after));
    if (is_about_to_end(certificate.not_after))
        findings.note(identity.source() + ": its certificate ends on " +
                      day_text(certificate.not_after) +
                      "; get a new one, and leave this: it opens old mail");
}

void check_key_files(const std::vector<keystore::KeyFileReport>& reports, Findings& findings) {
    for (const auto& report : reports) {
        const auto name = report.file.string();
        if (!report.usable) {
            findings.problem(name + ": " + report.problem);
        } else if (!report.problem.empty()) {
            findings.note(name + ": " + report.problem);
        }
        if (report.usable && report.without_passphrase) {
            findings.note(name +
                          ": its private key has no passphrase; who can read the file has the "
                          "key: openssl pkcs8 -topk8 -v2 aes-256-cbc gives it one");
        }
    }
}

void check_append(const Config& config, const keystore::Keystore& keys, Findings& findings) {
    if (!config.append.encrypt_to_self) return;
    const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
    const auto own = own_certificate(&keys, config.append.certificate, {}, now);
    if (own.certificate) {
        findings.ok("[append] encrypt_to_self: to " + own.certificate->subject_text + ", until " +
                    day_text(own.certificate->not_after));
    } else {
        findings.problem("[append] encrypt_to_self: " + own.problem +
                         "; what is to be encrypted is refused: put your key there, or name "
                         "another by encrypt_to_self = \"NAME\"");
    }
}

void check_keys(const Config& config, Findings& findings) {
    if (!config.decrypt.enabled) {
        findings.note("[decrypt] enabled = false: mail is passed on as it is, no key is used");
    }
    if (!config.keystore.directory) {
        findings.note(
            "[keystore] directory is not set: no mail can be opened; write directory = \"keys\" "
            "and put your .p12 or .pem file there");
        return;
    }
    std::vector<keystore::KeyFileReport> reports;
    keystore::Keystore keystore;
    bool is_read = false;
    try {
        keystore = load_keystore(config, true, reports);
        is_read = true;
    } catch (const ConfigError& error) {
        findings.problem(error.what());
    } catch (const keystore::KeyFileError& error) {
        findings.problem(error.what());
    }
    check_key_files(reports, findings);
    for (const auto& identity : keystore.identities()) check_identity(identity, findings);
    if (is_read && reports.empty()) {
        findings.problem(config.keystore.directory->string() +
                         ": there is no key file here; put your .p12, .pfx or .pem file here, or "
                         "NAME.key beside NAME.crt");
    }
    check_append(config, keystore, findings);
}

/// A port that belongs to another scheme: both sides would wait for the other to speak.
void check_port(const std::string& name, const ServerAddress& server, Findings& findings) {
    if (server.security == ServerAddress::Security::tls && server.port == 143) {
        findings.note(name + "port 143 is the one of imap:// (STARTTLS); imaps:// has 993");
    }
    if (server.security == ServerAddress::Security::start_tls && server.port == 993) {
        findings.note(name + "port 993 is the one of imaps://; imap:// (STARTTLS) has 143");
    }
}

void check_account(const Account& account, Findings& findings) {
    const auto name = "account " + account.name + ": ";
    if (account.timeouts.idle < idle_wanted) {
        findings.note(name + "idle_timeout is below " + std::to_string(idle_wanted.count()) +
                      " minutes; clients that wait for new mail will lose their connection");
    }
    check_port(name, account.server, findings);
    const auto problem = probe_server(account);
    const auto server = "the server " + account.server.host + " greets";
    if (!problem.empty()) {
        findings.problem(name + problem);
    } else if (account.server.security == ServerAddress::Security::plaintext) {
        findings.ok(name + server + ", without TLS");
    } else {
        findings.ok(name + server + ", its certificate is right");
    }
}

}  // namespace

int command_check(const Config& config) {
    Findings findings;
    check_file(config, findings);
    check_library(findings);
    check_keys(config, findings);
    check_trust(config, findings);
    const auto problem = install_id_problem();
    if (!problem.empty()) findings.problem(problem);
    for (const auto& account : config.accounts) check_account(account, findings);
    if (findings.problems() == 0) return 0;
    std::printf("%d problem%s\n", findings.problems(), findings.problems() == 1 ? "" : "s");
    return 1;
}

}  // namespace proxy
