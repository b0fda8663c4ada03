#pragma once

#include "keystore/crypto.hpp"

/// How RFC 8017 writes a digest down before RSA signs it. All of it is public.
namespace keystore {

/// EMSA-PKCS1-v1_5 (9.2): what a signature of this digest must open to, octet for octet. Empty if
/// size is too small. There is one encoding only, with the parameters NULL: taking others has been
/// the way into forgeries (CVE-2006-4339 and its children).
Bytes emsa_pkcs1_v15(Digest digest, BytesView message_digest, std::size_t size);

/// EMSA-PSS-VERIFY (9.1.2), with any two hashes. encoded has the modulus' size, bits is the
/// modulus' less one.
bool verify_emsa_pss(BytesView encoded, std::size_t bits, Digest digest, Digest mgf1_digest,
                     std::size_t salt_length, BytesView message_digest);

}  // namespace keystore
