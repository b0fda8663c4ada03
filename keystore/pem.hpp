#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "keystore/secret.hpp"

namespace keystore {

/// One block between -----BEGIN label----- and -----END label----- (RFC 7468).
struct PemBlock {
    std::string label;
    bool encrypted_in_old_form = false;  ///< has header fields "Proc-Type: 4,ENCRYPTED" (RFC 1421)
    SecretBytes octets;
};

/// The blocks of a text, which may hold anything else between them. Throws KeyFileError with the
/// line number if a block does not end or is not base64.
std::vector<PemBlock> read_pem(std::string_view text);

/// One block, in lines of 64 characters. Not for keys: it wipes nothing.
std::string write_pem(std::string_view label, BytesView octets);

}  // namespace keystore
