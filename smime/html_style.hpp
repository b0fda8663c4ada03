#pragma once

#include <string>
#include <string_view>

namespace smime {

/// The declarations of a style attribute (CSS Syntax Level 3, 5.4.5) that are known to load
/// nothing, written anew: known properties, and values of words, numbers, colours and rgb(), hsl()
/// only. So there is no url(), no other function, no escape, no comment, no string, no custom
/// property.
std::string harmless_style(std::string_view declarations);

}  // namespace smime
