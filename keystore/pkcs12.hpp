#pragma once

#include "keystore/key_file.hpp"

namespace keystore {

/// Reads a PFX (RFC 7292): its MAC is checked (RFC 7292, appendix B, or PBMAC1, RFC 9579) before
/// anything in it is believed. An empty passphrase is tried before the owner is asked. Throws
/// KeyFileError.
KeyFile read_pkcs12(BytesView pfx, Passphrase& passphrase, DerivationBudget& budget);

}  // namespace keystore
