#pragma once

#include <string>

#include "smime/header.hpp"
#include "smime/report.hpp"

namespace smime {

/// The field at the head of a view that says what was found, folded, with its line end:
///
///     X-Paperknife: encryption=…; layers=…; signature=…[; headers=…][; from=…][; errant=…]
///     [; html=…][; reason=…]
std::string own_field(const Report& report);

/// A view's header with that field as the report has it now.
std::string with_own_field(std::string_view header, const Report& report);

/// True if a field is one of ours, or could be taken for one by the most lenient reader:
/// X-Paperknife, and Authentication-Results in our name (RFC 8601, 5; ST-01).
bool is_own_field(const HeaderField& field);

}  // namespace smime
