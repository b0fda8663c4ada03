#pragma once

#include <span>

#include "keystore/keystore.hpp"
#include "smime/algorithms.hpp"
#include "smime/cms.hpp"
#include "smime/report.hpp"

namespace smime {

/// Opens the enveloped-data or authEnveloped-data (says type) that was read from buffer, and gives
/// the place in buffer where the content now stands. Decrypts in place: after an error buffer holds
/// nothing of use. Writes into layer what it finds, whatever comes of it. Takes one from
/// key_operations for each private operation. Without legacy, Error::legacy_algorithm for weak
/// ciphers, before any key is touched (ENC-12).
Result<std::span<std::uint8_t>> open_enveloped_data(CmsContentType type,
                                                    const keystore::der::Element& content,
                                                    std::span<std::uint8_t> buffer,
                                                    const keystore::Keystore& keys, bool legacy,
                                                    std::size_t& key_operations, Layer& layer);

}  // namespace smime
