#pragma once

#include "smime/report.hpp"
#include "smime/result.hpp"
#include "smime/view.hpp"

namespace smime {

/// What becomes of HTML whose encryption nobody vouches for: whoever carried it may have put in
/// what sends the plaintext away as soon as it is shown (EFAIL; ENC-05).
enum class UnauthenticatedHtml {
    strip,  ///< written anew without anything that loads or links
    text,   ///< its text alone, as text/plain
    keep,   ///< as it is
};

/// True for views whose content may have been changed by strangers (ENC-04).
bool is_unauthenticated(const Report& report);

/// Makes the HTML of a view harmless, wherever in its MIME structure it stands, and says so in the
/// report. Changed are
///   - HTML of any name (text/html, application/xhtml+xml, …), whatever its disposition: written
///     anew in UTF-8 and base64. What is beyond the limits comes as text only;
///   - other parts that are shown as documents: SVG, XML that is no attachment, and messages of
///     which only the client knows how to get them (message/external-body, …). These become
///     text/plain, their octets stay;
///   - parts that two readers could take for different ones (two Content-Types, boundary lines that
///     only some take for one, …): the same.
/// All other parts stay octet for octet, and so does a view without any such part.
/// Error::too_complex for more parts than limits::mime_parts.
Result<View> with_harmless_html(View view, UnauthenticatedHtml how, Report& report);

}  // namespace smime
