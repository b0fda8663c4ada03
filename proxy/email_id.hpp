#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "smime/view.hpp"

namespace proxy {

/// The EMAILID of a view, where the server's for the message is email_id. An EMAILID promises the
/// same octets wherever it is seen (RFC 8474, 5.1): that of a view begins with a digest of the view
/// and ends with the server's, so that SEARCH can be asked of the server.
std::string email_id_of_view(const smime::View& view, std::string_view email_id);

/// A line of SEARCH, SORT or THREAD with the EMAILIDs of views replaced by the server's. Nothing if
/// none is in it. A message is found by the server's own EMAILID, too, which no client has seen.
std::optional<std::string> with_server_email_ids(std::string_view line);

}  // namespace proxy
