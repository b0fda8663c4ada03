#include "smime/html_style.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include "smime/header.hpp"

namespace smime {

namespace {

// No value that anybody writes is longer; and no property name.
constexpr std::size_t value_limit = 256;
constexpr std::size_t name_limit = 32;

constexpr std::array<std::string_view, 43> properties = {
    "background",     "background-color", "border",          "border-bottom",  "border-collapse",
    "border-color",   "border-left",      "border-radius",   "border-right",   "border-spacing",
    "border-style",   "border-top",       "border-width",    "box-sizing",     "clear",
    "color",          "direction",        "display",         "float",          "font",
    "font-family",    "font-size",        "font-style",      "font-weight",    "height",
    "letter-spacing", "line-height",      "list-style-type", "max-height",     "max-width",
    "min-height",     "min-width",        "opacity",         "overflow",       "overflow-wrap",
    "table-layout",   "text-align",       "text-decoration", "text-transform", "vertical-align",
    "visibility",     "white-space",      "width",
};
static_assert(std::is_sorted(properties.begin(), properties.end()));

std::string_view trimmed(std::string_view text) {
    const auto first = text.find_first_not_of(" \t\r\n\f");
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(" \t\r\n\f") + 1 - first);
}

std::string lower_case(std::string_view text) {
    std::string lower;
    for (const char c : text) lower += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    return lower;
}

bool is_known_property(const std::string& name) {
    if (std::binary_search(properties.begin(), properties.end(), name)) return true;
    const std::string_view box = name;
    return box == "margin" || box.starts_with("margin-") || box == "padding" ||
           box.starts_with("padding-");
}

bool is_letter_or_digit(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/// True if text ends with the name of a function that makes a colour.
bool ends_with_colour(std::string_view text) {
    std::size_t begin = text.size();
    while (begin > 0 && (is_letter_or_digit(text[begin - 1]) || text[begin - 1] == '-')) --begin;
    const auto name = text.substr(begin);
    return same_name(name, "rgb") || same_name(name, "rgba") || same_name(name, "hsl") ||
           same_name(name, "hsla");
}

/// The value if it is nothing but words, numbers and colours. Quotes go: families of fonts may
/// stand without (CSS Fonts Level 3, 3.1).
std::optional<std::string> harmless_value(std::string_view value) {
    if (value.empty() || value.size() > value_limit) return std::nullopt;
    std::string harmless;
    bool in_colour = false;
    for (const char c : value) {
        if (c == '"' || c == '\'') continue;
        if (c == '(') {
            if (in_colour || !ends_with_colour(harmless)) return std::nullopt;
            in_colour = true;
        } else if (c == ')') {
            if (!in_colour) return std::nullopt;
            in_colour = false;
        } else if (!is_letter_or_digit(c) &&
                   std::string_view{" \t\r\n#%.,-+/!"}.find(c) == std::string_view::npos) {
            return std::nullopt;
        }
        const bool blank = c == '\t' || c == '\r' || c == '\n';
        harmless += blank ? ' ' : c;
    }
    if (in_colour) return std::nullopt;
    return harmless;
}

}  // namespace

std::string harmless_style(std::string_view declarations) {
    std::string style;
    while (!declarations.empty()) {
        const auto end = std::min(declarations.find(';'), declarations.size());
        const auto declaration = declarations.substr(0, end);
        declarations.remove_prefix(std::min(end + 1, declarations.size()));
        const auto colon = declaration.find(':');
        if (colon == std::string_view::npos) continue;
        const auto name = trimmed(declaration.substr(0, colon));
        if (name.size() > name_limit || !is_known_property(lower_case(name))) continue;
        const auto value = harmless_value(trimmed(declaration.substr(colon + 1)));
        if (value) style += lower_case(name) + ':' + *value + ';';
    }
    return style;
}

}  // namespace smime
