#pragma once

#include <string>

#include "keystore/secret.hpp"

namespace smime {

/// Text of a letter that is being worked on. Wiped when freed, as SecretBytes is.
using WipedText = std::basic_string<char, std::char_traits<char>, keystore::WipingAllocator<char>>;

}  // namespace smime
