#pragma once

#include <optional>

#include "keystore/der.hpp"

namespace smime {

/// The DER of an element that may stand in BER: what certificates and signatures are about. Nothing
/// if it is malformed or larger than limits::canonical.
std::optional<keystore::Bytes> to_der(const keystore::der::Element& element);

/// The DER of SET OF Attribute for a field of attributes that stands under an implicit tag and
/// perhaps in BER: what an AEAD authenticates and a signature signs (RFC 5083, 2.2; RFC 5652, 5.4).
/// Nothing if it is malformed or larger than limits::canonical.
std::optional<keystore::Bytes> der_set_of(const keystore::der::Element& attributes);

}  // namespace smime
