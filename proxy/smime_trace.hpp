#pragma once

#include <string>
#include <string_view>

namespace proxy {

/// SmimeTrace looks for signs of S/MIME in octets that nobody reads: "pkcs7", or the ending .p7m,
/// .p7s, .p7c or .p7z, in any letter case. Every candidate (RFC 8551, 3.10) has one of them in its
/// header, structure or body; another message that mentions them is taken for one, which costs
/// clients a second download and nothing else.
class SmimeTrace {
public:
    /// True once a sign was found, in one piece of the octets or at a seam.
    bool feed(std::string_view octets);

private:
    std::string tail_;  ///< of what was fed, shorter than a sign
};

}  // namespace proxy
