#pragma once

#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "keystore/path.hpp"
#include "smime/mail_address.hpp"

namespace smime {

/// Pin is the owner's word that mail from an address is signed with one certificate and no other
/// (CERT-11). There may be several for one address.
struct Pin {
    MailAddress address;
    keystore::Bytes fingerprint;  ///< SHA-256 of the certificate
};

/// Reads "sha256:" and 64 hexadecimal digits, with or without colons between; nothing if it is
/// none.
std::optional<keystore::Bytes> read_fingerprint(std::string_view text);

/// SignaturePolicy is what the owner's configuration says of signatures.
struct SignaturePolicy {
    std::shared_ptr<const keystore::Trust> trust;  ///< null: signatures are not verified
    keystore::RevocationPolicy revocation = keystore::RevocationPolicy::soft;
    std::vector<Pin> pins;
    /// The certificates that come with signatures are kept in the report: whoever wants to have
    /// them asks (`paperknife keys harvest`), and no view depends on it (design promise 2).
    bool keeps_certificates = false;
};

}  // namespace smime
