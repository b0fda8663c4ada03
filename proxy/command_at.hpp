#pragma once

#include <chrono>
#include <optional>
#include <string_view>

namespace proxy {

/// Reads a point in time as people and programs write it (RFC 3339, 5.6), fractions of seconds left
/// out of account. A day alone is its first second in UTC. Nothing if it is none.
///
///     at = full-date [ ( "T" / "t" / " " ) partial-time time-offset ]
std::optional<std::chrono::sys_seconds> parse_time(std::string_view text);

}  // namespace proxy
