#pragma once

#include <optional>
#include <string_view>

#include "smime/entity.hpp"

namespace smime {

/// The octets of the signed part of a message that a mailing list has wrapped to put its footer
/// below (RFC 9787, 4.5.1): multipart/mixed of one part that may be signed and one of plain text,
/// no attachment and not long, behind it. Nothing for everything else: text before the signed part,
/// or more parts, is how forgers frame what somebody else signed.
std::optional<std::string_view> signed_part_above_footer(const Entity& entity);

}  // namespace smime
