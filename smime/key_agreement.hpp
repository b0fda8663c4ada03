#pragma once

#include "keystore/identity.hpp"
#include "smime/cms.hpp"

namespace smime {

/// How the key of a key agreement recipient is wrapped (RFC 5753, 3.1 and 7; RFC 8418), or
/// Error::unsupported_algorithm for what is not offered: a sender's key that is a certificate's,
/// MQV, finite fields, curves and wraps without a name here.
Result<keystore::KeyAgreement> key_agreement(const RecipientInfo& recipient_info);

/// True if the key is wrapped by 3DES (RFC 3217), which hides as little as 3DES does (ENC-12).
bool has_legacy_key_wrap(const RecipientInfo& recipient_info);

/// The DER of ECC-CMS-SharedInfo (RFC 5753, 7.2), what the derived key is bound to. key_info is the
/// key wrap's AlgorithmIdentifier as it is sent: with parameters, NULL, or none.
keystore::Bytes shared_info(BytesView key_info, BytesView user_keying_material, bool has_material,
                            std::size_t kek_length);

/// "ecdh-sha256", "ecdh-hkdf-sha256", …, or the OID itself.
std::string_view key_agreement_word(std::string_view oid);

}  // namespace smime
