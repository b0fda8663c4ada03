#pragma once

#include "smime/result.hpp"
#include "smime/view.hpp"

namespace smime {

/// Gives the view in a form that IMAP can carry (RFC 9051, 4.3; MIME-09). S/MIME content may be
/// binary (RFC 8551, 3.1.2), a literal may hold no NUL: leaf parts with a NUL, or with lines of
/// more than limits::line octets, are written down anew in base64. Below multipart/signed only a
/// NUL is reason enough, for the octets there are what was signed. Views without such parts come
/// back as they are. Error::ambiguous_mime for a NUL outside of a leaf's body.
Result<View> in_literal_form(View view);

}  // namespace smime
