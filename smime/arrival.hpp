#pragma once

#include <chrono>
#include <optional>
#include <string_view>

namespace smime {

/// When a message arrived, as the topmost Received field says, which the owner's own server wrote
/// (RFC 5321, 4.4): at that time the validity of its signers' certificates is judged (CERT-06).
/// Every session gets it from the message alone, whatever else it asked for, so that a view does
/// not depend on the way to it. Nothing if there is no such field; never later than now.
std::optional<std::chrono::sys_seconds> arrival_time(std::string_view message,
                                                     std::chrono::sys_seconds now);

}  // namespace smime
