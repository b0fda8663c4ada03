#pragma once

#include <chrono>
#include <optional>

#include "keystore/der.hpp"

namespace keystore {

/// Reads a Time (RFC 5280, 4.1.2.5): UTCTime or GeneralizedTime. Old writers leave out the seconds,
/// or give an offset to UTC in place of the Z; both are read. Nothing if it is no such time.
std::optional<std::chrono::sys_seconds> read_time(der::Reader& in);

}  // namespace keystore
