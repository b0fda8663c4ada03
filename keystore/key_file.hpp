#pragma once

#include <string>
#include <vector>

#include "keystore/derivation_budget.hpp"
#include "keystore/identity.hpp"
#include "keystore/passphrase.hpp"

namespace keystore {

/// KeyFile is what one key file holds, whatever its form.
struct KeyFile {
    std::vector<SecretBytes> private_keys;  ///< as PrivateKey::parse reads them
    std::vector<Bytes> certificates;        ///< DER
    bool without_passphrase = false;        ///< a private key stands in the clear
};

/// Reads a file of PEM blocks, or of one key, certificate or PKCS#12 in DER: what it is says its
/// content, whatever its name (GnuTLS writes .p12 files in PEM). Throws KeyFileError.
KeyFile read_key_file(const SecretBytes& file, Passphrase& passphrase, DerivationBudget& budget);

/// The identities that keys and certificates make: each certificate with the private key whose
/// public key it holds. What stays alone or is not as it should be is told in problems, in
/// sentences for the owner.
std::vector<Identity> identities_of(const KeyFile& file, const std::string& source,
                                    std::vector<std::string>& problems);

}  // namespace keystore
