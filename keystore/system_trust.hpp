#pragma once

#include <vector>

#include "keystore/certificate.hpp"

namespace keystore {

/// SystemTrust is what the system's administrator and makers rely on for mail: the anchors that
/// p11-kit's trust policy has for the purpose email-protection (CERT-04).
struct SystemTrust {
    std::vector<Certificate> anchors;
    /// False if every anchor is one for web sites as well, and every one of those for mail: the
    /// system's list (Debian's is one) makes no difference.
    bool knows_purposes = false;

    /// Asks the modules that are marked as sources of trust policy (pkcs11.conf(5)), and no others.
    /// What is distrusted, for mail or at all, or from some day on, is left out. Throws
    /// KeyFileError if there is no such module, or it does not answer.
    static SystemTrust read();
};

}  // namespace keystore
