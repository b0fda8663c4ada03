#pragma once

#include <optional>

#include "keystore/der.hpp"

namespace smime {

/// The DER of SET OF Attribute for a field of attributes that stands under an implicit tag and
/// perhaps in BER: what an AEAD authenticates and a signature signs (RFC 5083, 2.2; RFC 5652, 5.4).
/// Nothing if it is malformed or larger than limits::attributes.
std::optional<keystore::Bytes> der_set_of(const keystore::der::Element& attributes);

}  // namespace smime
