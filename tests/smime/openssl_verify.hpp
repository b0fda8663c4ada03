#pragma once

#include <ctime>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

/// OpenSSL's opinion of signed-data, within this process: what `openssl cms -verify` says.
namespace openssl_verify {

/// True if OpenSSL can read this as a certificate.
bool is_certificate(std::string_view der);

class Judge {
public:
    /// With the one anchor of a PEM file, at a time.
    Judge(const std::filesystem::path& anchor, std::time_t at);
    ~Judge();

    /// True if every signature of a CMS in DER or BER verifies, the paths of all signers do, and
    /// one of their certificates has the address. content is what a detached signature is over;
    /// empty: it is inside.
    bool verifies(std::string_view cms, std::string_view content, const std::string& address) const;

    /// The same of a whole S/MIME message, as OpenSSL's own reader of MIME takes it apart.
    bool verifies_message(const std::string& message, const std::string& address) const;

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace openssl_verify
