#pragma once

#include <string>
#include <string_view>

namespace smime {

/// Text (UTF-8) without what a reader could take for one of our Subject's tags: brackets, of any
/// script, around a word of ours or one like it, in letters of any alphabet that look the same,
/// with or without what nobody sees between them (ST-04; Unicode UTS #39, 4); and without what
/// turns text around. What is taken out leaves no new look-alike behind. Linear in the text's size.
std::string without_lookalikes(std::string_view text);

}  // namespace smime
