#include "smime/html_elements.hpp"

#include <algorithm>
#include <array>

namespace smime {

namespace {

using Break = HtmlElement::Break;

/// By name. Not here: all that has an address (a, img, link, base, iframe, object, embed, video,
/// …), forms, scripts, styles, meta, SVG and MathML, and elements whose text a parser reads
/// otherwise than as text (xmp, noscript, template, …).
constexpr std::array elements = {
    HtmlElement{"abbr"},
    HtmlElement{"acronym"},
    HtmlElement{"address", Break::line},
    HtmlElement{"article", Break::paragraph},
    HtmlElement{"aside", Break::paragraph},
    HtmlElement{"b"},
    HtmlElement{"bdi"},
    HtmlElement{"bdo"},
    HtmlElement{"big"},
    HtmlElement{"blockquote", Break::paragraph},
    HtmlElement{"body", Break::line},
    HtmlElement{"br", Break::line, true},
    HtmlElement{"caption", Break::line},
    HtmlElement{"center", Break::line},
    HtmlElement{"cite"},
    HtmlElement{"code"},
    HtmlElement{"col", Break::none, true},
    HtmlElement{"colgroup"},
    HtmlElement{"dd", Break::line},
    HtmlElement{"del"},
    HtmlElement{"dfn"},
    HtmlElement{"dir", Break::paragraph},
    HtmlElement{"div", Break::line},
    HtmlElement{"dl", Break::paragraph},
    HtmlElement{"dt", Break::line},
    HtmlElement{"em"},
    HtmlElement{"figcaption", Break::line},
    HtmlElement{"figure", Break::paragraph},
    HtmlElement{"font"},
    HtmlElement{"footer", Break::paragraph},
    HtmlElement{"h1", Break::paragraph},
    HtmlElement{"h2", Break::paragraph},
    HtmlElement{"h3", Break::paragraph},
    HtmlElement{"h4", Break::paragraph},
    HtmlElement{"h5", Break::paragraph},
    HtmlElement{"h6", Break::paragraph},
    HtmlElement{"header", Break::paragraph},
    HtmlElement{"hgroup", Break::paragraph},
    HtmlElement{"hr", Break::paragraph, true},
    HtmlElement{"i"},
    HtmlElement{"ins"},
    HtmlElement{"kbd"},
    HtmlElement{"li", Break::line},
    HtmlElement{"main", Break::paragraph},
    HtmlElement{"mark"},
    HtmlElement{"menu", Break::paragraph},
    HtmlElement{"nav", Break::paragraph},
    HtmlElement{"nobr"},
    HtmlElement{"ol", Break::paragraph},
    HtmlElement{"p", Break::paragraph},
    HtmlElement{"pre", Break::paragraph},
    HtmlElement{"q"},
    HtmlElement{"rp"},
    HtmlElement{"rt"},
    HtmlElement{"ruby"},
    HtmlElement{"s"},
    HtmlElement{"samp"},
    HtmlElement{"section", Break::paragraph},
    HtmlElement{"small"},
    HtmlElement{"span"},
    HtmlElement{"strike"},
    HtmlElement{"strong"},
    HtmlElement{"sub"},
    HtmlElement{"sup"},
    HtmlElement{"table", Break::paragraph},
    HtmlElement{"tbody"},
    HtmlElement{"td", Break::blank},
    HtmlElement{"tfoot"},
    HtmlElement{"th", Break::blank},
    HtmlElement{"thead"},
    HtmlElement{"time"},
    HtmlElement{"tr", Break::line},
    HtmlElement{"tt"},
    HtmlElement{"u"},
    HtmlElement{"ul", Break::paragraph},
    HtmlElement{"var"},
    HtmlElement{"wbr", Break::none, true},
};
static_assert(std::is_sorted(elements.begin(), elements.end(),
                             [](const auto& a, const auto& b) { return a.name < b.name; }));

constexpr std::array<std::string_view, 28> attributes = {
    "abbr",  "align",   "bgcolor", "border",  "bordercolor", "cellpadding", "cellspacing",
    "clear", "color",   "colspan", "dir",     "face",        "height",      "hspace",
    "lang",  "noshade", "nowrap",  "rowspan", "rules",       "scope",       "size",
    "span",  "start",   "style",   "text",    "type",        "valign",      "width",
};
static_assert(std::is_sorted(attributes.begin(), attributes.end()));

}  // namespace

const HtmlElement* find_html_element(std::string_view name) {
    const auto* found = std::lower_bound(
        elements.begin(), elements.end(), name,
        [](const HtmlElement& element, std::string_view wanted) { return element.name < wanted; });
    return found != elements.end() && found->name == name ? found : nullptr;
}

bool is_harmless_attribute(std::string_view name) {
    return std::binary_search(attributes.begin(), attributes.end(), name);
}

}  // namespace smime
