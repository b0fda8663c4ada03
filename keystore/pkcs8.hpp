#pragma once

#include "keystore/derivation_budget.hpp"
#include "keystore/secret.hpp"

namespace keystore {

/// Opens an EncryptedPrivateKeyInfo (RFC 5958, 3) and gives the DER of the PrivateKeyInfo in it.
/// Throws KeyFileError, also if the passphrase is wrong.
SecretBytes open_encrypted_private_key_info(BytesView der, const SecretBytes& passphrase,
                                            DerivationBudget& budget);

}  // namespace keystore
