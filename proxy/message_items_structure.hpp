#pragma once

#include <string_view>

#include "imap/body_structure.hpp"
#include "smime/mime.hpp"
#include "smime/view.hpp"

namespace proxy {

/// The header of a part. The view points into the message's.
std::string_view header_of(const smime::View& view, const smime::MimePart& part);

/// What BODY and BODYSTRUCTURE say of a part and of those in it.
imap::BodyStructure body_structure(const smime::View& view, const smime::MimeStructure& structure,
                                   const smime::MimePart& part);

/// What ENVELOPE says of a message with this header.
imap::Envelope envelope(std::string_view header);

}  // namespace proxy
