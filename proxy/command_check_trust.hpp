#pragma once

#include <chrono>

#include "proxy/config.hpp"
#include "proxy/findings.hpp"

namespace proxy {

/// Looks at whom the configuration believes: certificates and CRLs that can't be read, are of no
/// use, or are about to end.
void check_trust(const Config& config, Findings& findings);

/// True for what is valid, and will not be in limits::end_notice.
bool is_about_to_end(std::chrono::sys_seconds not_after);

}  // namespace proxy
