#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "smime/report.hpp"

namespace smime {

/// What a Subject says of a message that is delivered as its view, if the owner has asked for it:
/// "[encrypted]" if it was, "[verified]" if its signature is its author's, "[invalid]" if its
/// signature or form is broken. In order.
std::vector<std::string_view> subject_tags(const Report& report);

/// The header with the tags at the beginning of its Subject, or of one of its own; whatever looks
/// like a tag of ours, wherever in a Subject and however written, is taken out before (ST-04). The
/// rest stays octet for octet where nothing is taken out. A second time it changes nothing.
std::string with_subject_tags(std::string_view header, const std::vector<std::string_view>& tags);

}  // namespace smime
