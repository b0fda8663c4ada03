#pragma once

#include <chrono>
#include <optional>
#include <string_view>

namespace smime {

/// The moment that the value of a Date field tells (RFC 5322, 3.3 and 4.3): old zones, two-digit
/// years and comments too. Nothing if it is no date. It says when the sender claims to have
/// written, and nothing else.
std::optional<std::chrono::sys_seconds> read_date(std::string_view value);

}  // namespace smime
