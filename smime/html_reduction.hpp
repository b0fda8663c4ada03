#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "smime/limits.hpp"
#include "smime/wiped_text.hpp"

namespace smime {

/// What the HTML of one message may still cost.
struct HtmlBudget {
    std::size_t octets = limits::html_octets;
    std::size_t tags = limits::html_tags;
};

/// HTML (UTF-8) with nothing but the tags and attributes that are let through, written so that no
/// two parsers read it differently. Text keeps its character references. Images leave the text that
/// stands for them. Nothing if that costs more than the budget, which is less by what it cost.
std::optional<WipedText> reduced_html(std::string_view html, HtmlBudget& budget);

/// The text of HTML without any tag, its lines and paragraphs broken as its elements say; with
/// character references, and "&lt;" for every "<".
WipedText reduced_to_text(std::string_view html);

}  // namespace smime
