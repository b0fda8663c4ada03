#pragma once

#include <string>

#include "smime/header.hpp"
#include "smime/presentation.hpp"
#include "smime/report.hpp"

namespace smime {

/// The field at the head of a view that says what was found, folded, with its line end:
///
///     X-Paperknife: encryption=…; layers=…; signature=…[; headers=…][; from=…][; errant=…]
///     [; html=…][; reason=…]
std::string own_field(const Report& report);

/// All that stands at the very top of a view: that field, and Authentication-Results if somebody
/// looked at the signature (ST-02).
std::string status_fields(const Report& report, const Presentation& presentation);

/// The same of a clear-signed message: as many octets whatever was found, filled up with blanks.
std::string signed_status_fields(const Report& report, const Presentation& presentation);

/// How many these are.
std::size_t signed_status_octets(const Presentation& presentation);

/// True if a field is one of ours, or could be taken for one by the most lenient reader:
/// X-Paperknife, and Authentication-Results in our name or of S/MIME (RFC 8601, 5; ST-01).
bool is_own_field(const HeaderField& field);

}  // namespace smime
