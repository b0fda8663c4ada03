#pragma once

#include "smime/mime.hpp"
#include "smime/view.hpp"
#include "smime/wiped_text.hpp"

namespace proxy {

/// What PREVIEW says of a message (RFC 8970, 3): the beginning of its first text, in UTF-8, at most
/// limits::preview_characters. HTML gives its text. Runs of white space are one space, and quoted
/// lines are left out where there are others. Empty if the message has no text.
smime::WipedText preview(const smime::View& view, const smime::MimeStructure& structure);

}  // namespace proxy
