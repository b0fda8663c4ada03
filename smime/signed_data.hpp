#pragma once

#include <optional>
#include <span>

#include "smime/cms.hpp"
#include "smime/report.hpp"

namespace smime {

/// Takes the content out of the opaque signed-data that was read from buffer, and gives the place
/// in buffer where it now stands. An empty optional: it holds nothing (certificates only, or the
/// signature of something that stands elsewhere), and is delivered as it came. Nothing moves unless
/// the content is given. Signatures are not looked at: SignatureReview does.
Result<std::optional<std::span<std::uint8_t>>> open_signed_data(const SignedData& signed_data,
                                                                std::span<std::uint8_t> buffer,
                                                                Layer& layer);

}  // namespace smime
