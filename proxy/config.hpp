#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "smime/envelope_writer.hpp"
#include "smime/open.hpp"

namespace proxy {

/// A configuration that can't be used: what() names file, line, column, key and what to do, one
/// line for each thing that is wrong.
struct ConfigError : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// Where an account listens: "127.0.0.1:1143", "[::1]:1143", "unix:/path". Port 0 lets the system
/// choose (tests).
struct ListenAddress {
    std::string host;
    std::uint16_t port = 0;
    std::filesystem::path path{};  ///< of a local socket, absolute; empty: TCP
};

/// The account's IMAP server.
struct ServerAddress {
    enum class Security {
        tls,        ///< imaps://, port 993
        start_tls,  ///< imap://, port 143, STARTTLS required
        plaintext,  ///< imap+plaintext://, loopback servers only
    };
    Security security = Security::tls;
    std::string host;
    std::uint16_t port = 993;
};

struct Timeouts {
    std::chrono::seconds login{240};   ///< from the connection to the login; Dovecot gives 180
    std::chrono::seconds connect{30};  ///< reaching the server, TLS and greeting included (REL-03)
    std::chrono::seconds idle{
        35 * 60};  ///< neither side says anything: RFC 9051, 5.4 asks for 30 minutes at least
};

struct Account {
    std::string name;
    ListenAddress listen;
    ServerAddress server;
    std::optional<std::filesystem::path> ca_file;  ///< PEM; instead of the system's store
    Timeouts timeouts;
    std::size_t max_connections = 64;  ///< Thunderbird opens 5, Roundcube one a click (LOC-05)
    bool compress_client = true;       ///< COMPRESS=DEFLATE is offered to the client (RFC 4978)
    bool compress_server = false;      ///< and used towards a server that offers it
    bool any_local_user = false;       ///< processes of other users may connect (LOC-03)
};

/// What becomes of decrypted messages that clients put into mailboxes, if their originals can't be
/// put there instead (ST-09).
enum class PlaintextCopies {
    refuse,  ///< the client is told so, and keeps what it has
    warn,    ///< they pass; the client and the log are told
    allow,   ///< they pass
};

/// How the passphrase of a key file is had. At most one is set.
struct Unlock {
    bool prompt = false;
    std::optional<std::string> command;         ///< run by /bin/sh; its first line of output
    std::optional<std::filesystem::path> file;  ///< its first line; must be the user's own, 0600
};

/// A file or folder that the configuration names, whether or not it is there.
struct NamedPath {
    std::filesystem::path path;
    std::string where;  ///< "/home/…/config.toml:12:10: verify.trust", for complaints
};

/// Config is the whole configuration file, checked, with paths made absolute.
struct Config {
    std::filesystem::path file;
    std::vector<Account> accounts;
    struct Decrypt {
        bool enabled = true;
        std::size_t max_message = 0;  ///< octets; 0: the limit of smime/limits.hpp
        bool legacy = false;          ///< open 3DES, DES and RC2 (RFC 8551, 2.7.2)
        smime::Errant errant = smime::Errant::leave;
        smime::UnauthenticatedHtml unauthenticated_html = smime::UnauthenticatedHtml::strip;
    } decrypt;
    struct Verify {
        bool enabled = true;
        /// Whom the system trusts for mail is believed, too: "system", and where that stands.
        std::optional<NamedPath> system_trust;
        std::vector<NamedPath> trust;  ///< files or folders of trust anchors
        std::vector<NamedPath> intermediates;
        std::vector<NamedPath> crls;
        keystore::RevocationPolicy revocation = keystore::RevocationPolicy::soft;
        std::vector<smime::Pin> pins;
    } verify;
    struct Present {
        bool keywords = true;      ///< $SMIME-Encrypted … in FLAGS
        bool header = true;        ///< X-Paperknife and Authentication-Results
        bool subject_tag = false;  ///< [encrypted] … at the beginning of the Subject
    } present;
    struct Append {
        PlaintextCopies plaintext_copies = PlaintextCopies::refuse;
        bool encrypt_to_self = false;  ///< what comes from encrypted mail is encrypted
        std::string certificate;       ///< of which file or address; empty: chosen
        bool encrypt_all = false;      ///< and everything else that clients put there
        smime::EnvelopeCipher cipher = smime::EnvelopeCipher::aes_256_gcm;
    } append;
    struct Keys {
        std::optional<std::filesystem::path> directory;
        Unlock unlock;
    } keystore;
    struct Log {
        std::string level = "info";
    } log;

    /// Reads and checks a file. Accounts may be none: who needs one says so. Throws ConfigError.
    static Config load(const std::filesystem::path& file);

    /// The same for text that stands in file already. Relative paths in it are file's neighbours.
    static Config parse(std::string_view text, const std::filesystem::path& file);
};

/// $XDG_CONFIG_HOME/paperknife/config.toml, or ~/.config/paperknife/config.toml. Throws ConfigError
/// if there is no home directory.
std::filesystem::path default_config_file();

}  // namespace proxy
