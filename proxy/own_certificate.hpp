#pragma once

#include <string>
#include <string_view>

#include "keystore/keystore.hpp"

namespace proxy {

/// A certificate of the owner's, or why there is none, for a message to him.
struct OwnCertificate {
    const keystore::Certificate* certificate = nullptr;  ///< one of the keystore's
    std::string problem;
};

/// The certificate that a message is encrypted to for its owner himself: valid now, made for
/// encryption, and not of a key that opens only as legacy. If a name is given, one that has it as
/// its address, or is in the file of that name (as NAME.p12); otherwise rather one that has the
/// message's From. Of several the newest. keys may be null.
OwnCertificate own_certificate(const keystore::Keystore* keys, std::string_view name,
                               std::string_view message, keystore::Certificate::Time now);

}  // namespace proxy
