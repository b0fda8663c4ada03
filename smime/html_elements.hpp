#pragma once

#include <string_view>

namespace smime {

/// HtmlElement is an element that can neither load nor link, whatever stands in it.
struct HtmlElement {
    /// What stands before and after it where there is only text.
    enum class Break { none, blank, line, paragraph };

    std::string_view name;
    Break break_in_text = Break::none;
    bool is_void = false;  ///< has no content and no end tag
};

/// The element of this name (lower case), or null if it is not among those that are let through.
const HtmlElement* find_html_element(std::string_view name);

/// True for attributes (lower case) that hold no address and no script, on any of these elements.
/// The value of "style" is looked at besides: harmless_style().
bool is_harmless_attribute(std::string_view name);

}  // namespace smime
