#pragma once

#include "smime/algorithms.hpp"
#include "smime/cms.hpp"

/// The parameters of content-encryption algorithms.
namespace smime {

/// What the parameters of a cipher in CBC mode say.
struct CbcParameters {
    keystore::Bytes iv;  ///< one block
    std::size_t key_length = 0;
};

/// An IV alone (RFC 3565, 4.2; RFC 3370, 5.1), or what RC2 has (RFC 3370, 5.2).
/// Error::unsupported_algorithm for a number of RC2's effective bits that is not told there.
Result<CbcParameters> read_cbc_parameters(const ContentCipher& cipher,
                                          const std::optional<keystore::der::Element>& parameters);

/// What the parameters of an AEAD say.
struct AeadParameters {
    keystore::Bytes nonce;
    std::size_t tag_size = 0;
};

/// Of GCM and CCM (RFC 5084, 3) or ChaCha20-Poly1305 (RFC 8103, 3.1), with sizes that the cipher
/// takes. Error::unsupported_algorithm for a nonce of GCM that has not 12 octets (ENC-02).
Result<AeadParameters> read_aead_parameters(
    const ContentCipher& cipher, const std::optional<keystore::der::Element>& parameters);

}  // namespace smime
