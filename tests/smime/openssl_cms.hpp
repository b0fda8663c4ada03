#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

/// OpenSSL's opinion of a CMS structure, within this process.
namespace openssl_cms {

/// A private key and its certificate.
class Key {
public:
    /// Reads a PEM file; throws if it holds no key and certificate.
    explicit Key(const std::filesystem::path& file);
    ~Key();
    Key(Key&&) noexcept;

    /// What openssl cms -decrypt makes of enveloped-data and authEnveloped-data with this key.
    std::optional<std::string> decrypt(const std::vector<unsigned char>& cms) const;

private:
    struct State;
    std::unique_ptr<State> state_;
};

/// The content of signed-data, whatever the signatures are worth.
std::optional<std::string> signed_content(const std::vector<unsigned char>& cms);

}  // namespace openssl_cms
