#include "proxy/tls.hpp"

#include <mbedtls/error.h>
#include <mbedtls/net_sockets.h>
#include <mbedtls/ssl.h>
#include <mbedtls/version.h>
#include <mbedtls/x509_crt.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <vector>

#if MBEDTLS_VERSION_MAJOR >= 3
#include <psa/crypto.h>
#endif

#include <arpa/inet.h>

#include "keystore/crypto.hpp"

namespace proxy {
namespace {

/// Where distributions keep the certificates that TLS servers are verified with.
constexpr std::array system_stores{
    "/etc/ssl/certs/ca-certificates.crt",  // Debian, Arch
    "/etc/pki/tls/certs/ca-bundle.crt",    // Fedora
    "/etc/ssl/ca-bundle.pem",              // openSUSE
    "/etc/ssl/cert.pem",                   // Alpine, macOS
};

const char* const alpn[] = {"imap", nullptr};  // TLS-04

std::string text(int error) {
    std::array<char, 160> buffer{};
    mbedtls_strerror(error, buffer.data(), buffer.size());
    return buffer.data();
}

#if MBEDTLS_VERSION_MAJOR >= 3
/// Mbed TLS 3.6 offers PSS, which TLS 1.3 needs, but takes it from no TLS 1.2 server: there it is
/// an illegal parameter. Servers choose the first of ours that they know, so PSS stands last.
constexpr std::uint16_t signature_algorithms[] = {
    MBEDTLS_TLS1_3_SIG_ECDSA_SECP256R1_SHA256, MBEDTLS_TLS1_3_SIG_ECDSA_SECP384R1_SHA384,
    MBEDTLS_TLS1_3_SIG_ECDSA_SECP521R1_SHA512, MBEDTLS_TLS1_3_SIG_RSA_PKCS1_SHA256,
    MBEDTLS_TLS1_3_SIG_RSA_PKCS1_SHA384,       MBEDTLS_TLS1_3_SIG_RSA_PKCS1_SHA512,
    MBEDTLS_TLS1_3_SIG_RSA_PSS_RSAE_SHA256,    MBEDTLS_TLS1_3_SIG_RSA_PSS_RSAE_SHA384,
    MBEDTLS_TLS1_3_SIG_RSA_PSS_RSAE_SHA512,    MBEDTLS_TLS1_3_SIG_NONE};
#endif

int random(void*, unsigned char* out, std::size_t size) {
    keystore::fill_random({out, size});
    return 0;
}

/// The octets of an IP address as a subject alternative name has them; empty if host is a name.
std::string address_octets(const std::string& host) {
    std::array<char, 16> octets{};
    if (inet_pton(AF_INET, host.c_str(), octets.data()) == 1) return {octets.data(), 4};
    if (inet_pton(AF_INET6, host.c_str(), octets.data()) == 1) return {octets.data(), 16};
    return {};
}

/// mbedTLS 2.28 compares no IP addresses: this does, for every version alike.
bool names_address(const mbedtls_x509_crt& certificate, const std::string& octets) {
    constexpr int ip_address = MBEDTLS_ASN1_CONTEXT_SPECIFIC | 7;
    for (auto* name = &certificate.subject_alt_names; name; name = name->next) {
        if (name->buf.tag != ip_address || name->buf.len != octets.size()) continue;
        if (std::memcmp(name->buf.p, octets.data(), octets.size()) == 0) return true;
    }
    return false;
}

std::string why_not_verified(std::uint32_t flags) {
    if (flags & MBEDTLS_X509_BADCERT_CN_MISMATCH) return "its certificate is for another name";
    if (flags & MBEDTLS_X509_BADCERT_EXPIRED) return "its certificate has expired";
    if (flags & MBEDTLS_X509_BADCERT_FUTURE) return "its certificate is not valid yet";
    if (flags & MBEDTLS_X509_BADCERT_NOT_TRUSTED) {
        return "its certificate is not signed by an authority that is trusted here; if it should "
               "be, name that authority's certificate by ca_file";
    }
    return "its certificate can't be verified";
}

}  // namespace

struct TlsContext::State {
    mbedtls_x509_crt authorities;
    mbedtls_ssl_config config;
    State() {
        mbedtls_x509_crt_init(&authorities);
        mbedtls_ssl_config_init(&config);
    }
    ~State() {
        mbedtls_ssl_config_free(&config);
        mbedtls_x509_crt_free(&authorities);
    }
    State(const State&) = delete;
    State& operator=(const State&) = delete;
};

TlsContext::TlsContext(const std::optional<std::filesystem::path>& ca_file)
    : state_{std::make_unique<State>()} {
#if MBEDTLS_VERSION_MAJOR >= 3
    if (psa_crypto_init() != PSA_SUCCESS)
        throw TlsError{"the cryptographic library does not start"};
#endif
    std::filesystem::path file;
    if (ca_file) {
        file = *ca_file;
    } else {
        for (const auto* store : system_stores) {
            if (std::filesystem::exists(store)) {
                file = store;
                break;
            }
        }
        if (file.empty()) {
            throw TlsError{
                "no certificate authorities found on this system; "
                "install ca-certificates, or name a file with ca_file"};
        }
    }
    // A positive result counts certificates that this version can't read: the others serve.
    const int result = mbedtls_x509_crt_parse_file(&state_->authorities, file.c_str());
    if (result < 0 || state_->authorities.version == 0) {
        throw TlsError{file.string() + ": no certificate can be read from it (" + text(result) +
                       "); name a file of PEM certificates"};
    }
    const int defaults =
        mbedtls_ssl_config_defaults(&state_->config, MBEDTLS_SSL_IS_CLIENT,
                                    MBEDTLS_SSL_TRANSPORT_STREAM, MBEDTLS_SSL_PRESET_DEFAULT);
    if (defaults != 0) throw TlsError{"TLS can't be set up: " + text(defaults)};
#if MBEDTLS_VERSION_MAJOR >= 3
    mbedtls_ssl_conf_min_tls_version(&state_->config, MBEDTLS_SSL_VERSION_TLS1_2);
    mbedtls_ssl_conf_sig_algs(&state_->config, signature_algorithms);
#else
    mbedtls_ssl_conf_min_version(&state_->config, MBEDTLS_SSL_MAJOR_VERSION_3,
                                 MBEDTLS_SSL_MINOR_VERSION_3);
#endif
    mbedtls_ssl_conf_authmode(&state_->config, MBEDTLS_SSL_VERIFY_REQUIRED);
    mbedtls_ssl_conf_ca_chain(&state_->config, &state_->authorities, nullptr);
    mbedtls_ssl_conf_rng(&state_->config, random, nullptr);
    mbedtls_ssl_conf_alpn_protocols(&state_->config, const_cast<const char**>(alpn));
}

TlsContext::~TlsContext() = default;

std::string TlsContext::problem_with(const std::filesystem::path& ca_file) {
    try {
        const TlsContext tried{ca_file};
        return {};
    } catch (const TlsError& error) {
        return error.what();
    }
}

struct TlsEngine::State {
    mbedtls_ssl_context ssl;
    std::string incoming;
    std::size_t consumed = 0;
    std::string outgoing;
    std::string address;  ///< octets, if the host is an IP address
    bool closed = false;

    State() { mbedtls_ssl_init(&ssl); }
    ~State() { mbedtls_ssl_free(&ssl); }
    State(const State&) = delete;
    State& operator=(const State&) = delete;

    static int send(void* self, const unsigned char* octets, std::size_t size) {
        auto& state = *static_cast<State*>(self);
        state.outgoing.append(reinterpret_cast<const char*>(octets), size);
        return static_cast<int>(size);
    }
    static int receive(void* self, unsigned char* into, std::size_t size) {
        auto& state = *static_cast<State*>(self);
        const auto count = std::min(size, state.incoming.size() - state.consumed);
        if (count == 0) return MBEDTLS_ERR_SSL_WANT_READ;
        std::copy_n(state.incoming.data() + state.consumed, count, into);
        state.consumed += count;
        if (state.consumed == state.incoming.size()) {
            state.incoming.clear();
            state.consumed = 0;
        }
        return static_cast<int>(count);
    }
    /// mbedTLS leaves a mismatch of names in the flags; an address is ours to compare.
    static int verify(void* self, mbedtls_x509_crt* certificate, int depth, std::uint32_t* flags) {
        const auto& state = *static_cast<State*>(self);
        if (depth == 0 && !state.address.empty()) {
            *flags &= ~static_cast<std::uint32_t>(MBEDTLS_X509_BADCERT_CN_MISMATCH);
            if (!names_address(*certificate, state.address)) {
                *flags |= MBEDTLS_X509_BADCERT_CN_MISMATCH;
            }
        }
        return 0;
    }
};

TlsEngine::TlsEngine(const TlsContext& context, const std::string& host)
    : state_{std::make_unique<State>()} {
    int result = mbedtls_ssl_setup(&state_->ssl, &context.state_->config);
    if (result == 0) result = mbedtls_ssl_set_hostname(&state_->ssl, host.c_str());
    if (result != 0) throw TlsError{"TLS can't be set up: " + text(result)};
    state_->address = address_octets(host);
    mbedtls_ssl_set_verify(&state_->ssl, State::verify, state_.get());
    mbedtls_ssl_set_bio(&state_->ssl, state_.get(), State::send, State::receive, nullptr);
}

TlsEngine::~TlsEngine() = default;

void TlsEngine::receive(std::string_view octets) {
    state_->incoming += octets;
}

std::string& TlsEngine::outgoing() {
    return state_->outgoing;
}

bool TlsEngine::handshake() {
    const int result = mbedtls_ssl_handshake(&state_->ssl);
    if (result == MBEDTLS_ERR_SSL_WANT_READ || result == MBEDTLS_ERR_SSL_WANT_WRITE) return false;
    const auto flags = mbedtls_ssl_get_verify_result(&state_->ssl);
    if (result == MBEDTLS_ERR_X509_CERT_VERIFY_FAILED || (result == 0 && flags != 0)) {
        throw TlsError{"the server can't be trusted: " + why_not_verified(flags)};
    }
    if (result == MBEDTLS_ERR_SSL_INVALID_RECORD) {
        throw TlsError{"no TLS connection: " + text(result) +
                       "; if this port begins without TLS, write imap:// (STARTTLS)"};
    }
    if (result != 0) throw TlsError{"no TLS connection: " + text(result)};
    return true;
}

std::size_t TlsEngine::read(std::span<char> into) {
    while (true) {
        const int result = mbedtls_ssl_read(
            &state_->ssl, reinterpret_cast<unsigned char*>(into.data()), into.size());
        if (result > 0) return static_cast<std::size_t>(result);
        if (result == MBEDTLS_ERR_SSL_WANT_READ || result == MBEDTLS_ERR_SSL_WANT_WRITE) return 0;
#if MBEDTLS_VERSION_MAJOR >= 3
        if (result == MBEDTLS_ERR_SSL_RECEIVED_NEW_SESSION_TICKET) continue;
#endif
        if (result == 0 || result == MBEDTLS_ERR_SSL_PEER_CLOSE_NOTIFY) {
            state_->closed = true;
            return 0;
        }
        throw TlsError{"the TLS connection broke: " + text(result)};
    }
}

bool TlsEngine::closed() const {
    return state_->closed;
}

void TlsEngine::write(std::string_view octets) {
    while (!octets.empty()) {
        const int result = mbedtls_ssl_write(
            &state_->ssl, reinterpret_cast<const unsigned char*>(octets.data()), octets.size());
        if (result <= 0) throw TlsError{"the TLS connection broke: " + text(result)};
        octets.remove_prefix(static_cast<std::size_t>(result));
    }
}

void TlsEngine::close_notify() {
    mbedtls_ssl_close_notify(&state_->ssl);
}

}  // namespace proxy
