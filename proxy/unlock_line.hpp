#pragma once

#include <cstddef>

#include "keystore/secret.hpp"

namespace proxy {

/// FirstLine takes the first line out of octets that come in pieces: a passphrase, without the
/// line's end. Leaves no copy of it anywhere else.
class FirstLine {
public:
    /// A terminal gives no longer line; a file of random octets in base64 is far below.
    static constexpr std::size_t limit = 4096;

    /// Takes more octets. What stands behind the line's end is ignored. False if the line is too
    /// long.
    bool add(keystore::BytesView octets);

    /// The line; the end of the octets ends it, too.
    keystore::SecretBytes take();

private:
    keystore::SecretBytes line_;
    bool complete_ = false;
};

}  // namespace proxy
