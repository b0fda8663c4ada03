#pragma once

#include <optional>
#include <string_view>

#include "keystore/crypto.hpp"
#include "keystore/der.hpp"
#include "keystore/derivation_budget.hpp"

namespace keystore {

/// Opens what is sealed with a passphrase: PBES2 (RFC 8018, 6.2) of PBKDF2 or scrypt (RFC 7914, 7)
/// with AES-CBC or 3DES-CBC. in stands before the AlgorithmIdentifier. Throws KeyFileError for
/// other schemes (naming the old ones of PKCS#5 and PKCS#12), for what is over the budget, and if
/// the padding shows that the passphrase is wrong.
SecretBytes open_pbes2(der::Reader& in, BytesView sealed, const SecretBytes& passphrase,
                       DerivationBudget& budget);

/// An old scheme that has to be replaced: the message says by which command.
struct OldEncryptionError : KeyFileError {
    using KeyFileError::KeyFileError;
};

/// A digest of RFC 5754 or SHA-1 or MD5, by its OID.
std::optional<Digest> digest_of(std::string_view oid);

/// Derives a key as a PBKDF2-params says (RFC 8018, A.2). in stands before the parameters.
SecretBytes derive_pbkdf2(der::Reader& in, const SecretBytes& passphrase, std::size_t length,
                          DerivationBudget& budget);

/// hmacWithSHA1 and its like (RFC 8018, B.1).
std::optional<Digest> hmac_digest_of(std::string_view oid);

}  // namespace keystore
