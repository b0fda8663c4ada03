#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "smime/header.hpp"
#include "smime/report.hpp"

namespace smime {

/// The header of a view (design, chapter 4) below the status fields: the outer header's fields that
/// do not describe its body, octet for octet and in order, without any that looks like ours
/// (ST-01), MIME-Version, the structural fields given, and the blank line. Protected fields stand
/// in place of the outer fields of the same name; those that have no such twin come behind all of
/// them. Every line ends with CRLF.
std::string view_header(std::string_view outer_header, const Report& report,
                        std::string_view structural_fields,
                        const std::vector<HeaderField>& protected_fields = {});

/// The header of a clear-signed message's view below the status fields: all of its own fields, but
/// those that look like ours withheld: X-Withheld fields of as many octets stand in their place, so
/// that nobody need look for them to know the view's size.
std::string signed_header(std::string_view outer_header);

/// The fields of a MIME entity's header that describe its body (Content-*), for view_header().
std::string structural_fields(std::string_view entity_header);

/// Such fields for text that came without a header (MIME-05).
std::string structural_fields_of_text(std::string_view text);

}  // namespace smime
