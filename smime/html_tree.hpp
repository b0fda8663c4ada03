#pragma once

#include <optional>
#include <string_view>

#include "smime/wiped_text.hpp"

namespace smime {

/// A whole HTML document (UTF-8) written from the tree that HTML parsers make of markup which
/// reduced_html() wrote. Only what is known to be harmless is written: elements, attributes,
/// styles; each by its name, all text escaped. Nothing if the tree is larger than
/// limits::html_memory or the document than limits::html_document allows.
std::optional<WipedText> html_document(std::string_view reduced);

/// What reduced_to_text() wrote, with its character references (WHATWG HTML, 13.5) replaced by what
/// they stand for: plain text (UTF-8). Nothing if that takes more than limits::html_memory.
std::optional<WipedText> plain_text(std::string_view reduced);

}  // namespace smime
