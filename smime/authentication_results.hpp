#pragma once

#include <string>
#include <string_view>

#include "smime/report.hpp"

namespace smime {

/// The field that says in the standard's words what a message's signature is worth, folded, with
/// its line end (RFC 8601; RFC 7281):
///
///     Authentication-Results: paperknife.3f9a…; smime=pass
///      body.smime-identifier=alice@example.org body.smime-issuer="CN=…"
///
/// Of a verdict that is no pass, reason= says why, and no issuer is named. Whatever a certificate
/// says comes quoted, as printable ASCII ('?' for the rest), and cut (ST-02). Empty if nobody
/// looked at the signature.
std::string authentication_results(const Report& report, std::string_view authserv_id,
                                   bool names_issuer = true);

/// True if the value of an Authentication-Results field tells of S/MIME, or in our name, or could
/// be taken to by a lenient reader (RFC 8601, 5; ST-01).
bool tells_of_smime(std::string_view value);

}  // namespace smime
