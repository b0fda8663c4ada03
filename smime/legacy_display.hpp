#pragma once

#include "smime/view.hpp"

namespace smime {

/// Takes the legacy display elements out of a view whose payload says hp="cipher": the copies of
/// hidden header fields at the head of the text, for readers that know nothing of protected headers
/// (RFC 9788, 4.5.3). Only from the parts that are the message's text and say
/// hp-legacy-display="1", and only what looks exactly as it should. Below multipart/signed nothing
/// is touched.
View without_legacy_display(View view);

}  // namespace smime
