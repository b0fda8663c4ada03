#pragma once

#include <optional>

#include "keystore/crypto.hpp"
#include "keystore/der.hpp"
#include "keystore/derivation_budget.hpp"

namespace keystore {

/// MacData of a PFX (RFC 7292, 4): how it was computed, and what came out.
class Pkcs12Mac {
public:
    /// in stands before the MacData. Throws KeyFileError if it is malformed or of unknown kind.
    static Pkcs12Mac read(der::Reader& in);

    /// True if the passphrase made this MAC over content.
    bool verify(BytesView content, const SecretBytes& passphrase, DerivationBudget& budget) const;

private:
    Digest digest_ = Digest::sha1;
    Bytes mac_;
    Bytes salt_;
    std::uint64_t iterations_ = 1;
    std::optional<Bytes> pbmac1_parameters_;  ///< RFC 9579: then the rest but mac_ is not used

    SecretBytes key_of(BytesView bmp_passphrase) const;
    bool verify_pbmac1(BytesView content, const SecretBytes& passphrase,
                       DerivationBudget& budget) const;
};

}  // namespace keystore
