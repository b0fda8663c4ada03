#pragma once

#include "keystore/der.hpp"

namespace keystore::der {

/// The identifier and length octets of an element whose content, of this many octets, follows: for
/// content that is too large to be copied.
Bytes element_header(Tag tag, std::size_t length);

}  // namespace keystore::der
