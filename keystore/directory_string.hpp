#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "keystore/der.hpp"

namespace keystore {

/// The octets of a string type as UTF-8 (RFC 5280, 4.1.2.4), as they stand, right or wrong for
/// their type; nothing if it is no string type of a DirectoryString.
std::optional<std::string> utf8_text(const der::Element& value);

/// The character that UTF-8 text begins with, and its octets; nothing if they are none. The text is
/// not empty.
std::optional<std::pair<std::uint32_t, std::size_t>> first_character(BytesView text);

}  // namespace keystore
