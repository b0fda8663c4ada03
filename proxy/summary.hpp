#pragma once

#include <string>

#include "smime/report.hpp"

namespace proxy {

/// The report for a person's eye, some lines: who signed, issued by whom, valid when, why not; how
/// it was encrypted. Harmless on a terminal, whatever a certificate says.
std::string summary(const smime::Report& report);

}  // namespace proxy
