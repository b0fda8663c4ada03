#include "smime/html_scanner.hpp"

#include <algorithm>
#include <initializer_list>
#include <utility>

#include "smime/header.hpp"
#include "smime/html_elements.hpp"

namespace smime {

namespace {

constexpr std::string_view blanks = " \t\r\n\f";

// The longest name of an element or attribute that is of interest has 11 characters.
constexpr std::size_t name_limit = 16;

bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/// Takes the text before the first of these characters.
std::string_view take_until(std::string_view& text, std::string_view ends) {
    const auto taken = text.substr(0, text.find_first_of(ends));
    text.remove_prefix(taken.size());
    return taken;
}

std::string lower_case(std::string_view name) {
    std::string lower;
    for (const char c : name.substr(0, name_limit))
        lower += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    return lower;
}

bool is_one_of(std::string_view name, std::initializer_list<std::string_view> names) {
    return std::find(names.begin(), names.end(), name) != names.end();
}

}  // namespace

std::optional<std::string_view> HtmlToken::attribute(std::string_view attribute_name) const {
    for (const Attribute& attribute : attributes)
        if (attribute.name == attribute_name) return attribute.value;
    return std::nullopt;
}

std::optional<HtmlToken> HtmlScanner::next() {
    if (!raw_text_.empty()) {
        HtmlToken token;
        token.kind = HtmlToken::Kind::raw_text;
        token.text = raw_text_;
        raw_text_ = {};
        return token;
    }
    while (!rest_.empty()) {
        const char after = rest_.size() > 1 ? rest_[1] : '\0';
        if (rest_[0] != '<' || !(is_letter(after) || after == '/' || after == '!' || after == '?'))
            return read_text();
        if (is_letter(after) || (after == '/' && rest_.size() > 2 && is_letter(rest_[2]))) {
            if (auto tag = read_tag()) return tag;
        } else {
            skip_markup();
        }
    }
    return std::nullopt;
}

/// The "<" of no tag is text, alone.
HtmlToken HtmlScanner::read_text() {
    HtmlToken token;
    token.text = rest_.substr(0, rest_.find('<', rest_[0] == '<' ? 1 : 0));
    rest_.remove_prefix(token.text.size());
    return token;
}

/// Nothing for a tag that does not end.
std::optional<HtmlToken> HtmlScanner::read_tag() {
    HtmlToken tag;
    const bool end_tag = rest_[1] == '/';
    tag.kind = end_tag ? HtmlToken::Kind::end_tag : HtmlToken::Kind::start_tag;
    rest_.remove_prefix(end_tag ? 2 : 1);
    tag.name = lower_case(take_until(rest_, " \t\r\n\f/>"));
    read_attributes(tag);
    if (rest_.empty()) return std::nullopt;
    rest_.remove_prefix(1);
    if (!end_tag) after_start_tag(tag.name);
    return tag;
}

/// Up to the ">" of the tag.
void HtmlScanner::read_attributes(HtmlToken& tag) {
    for (;;) {
        rest_.remove_prefix(std::min(rest_.find_first_not_of(" \t\r\n\f/"), rest_.size()));
        if (rest_.empty() || rest_[0] == '>') return;
        read_attribute(tag);
    }
}

void HtmlScanner::read_attribute(HtmlToken& tag) {
    const auto begin = rest_;
    if (rest_[0] == '=') rest_.remove_prefix(1);  // belongs to the name
    take_until(rest_, " \t\r\n\f/>=");
    HtmlToken::Attribute attribute{lower_case(begin.substr(0, begin.size() - rest_.size())), {}};
    const auto equals = std::min(rest_.find_first_not_of(blanks), rest_.size());
    if (equals < rest_.size() && rest_[equals] == '=') {
        rest_.remove_prefix(equals + 1);
        attribute.value = read_value();
    }
    if (tag.kind != HtmlToken::Kind::start_tag || tag.attribute(attribute.name)) return;
    if (is_harmless_attribute(attribute.name) || attribute.name == "alt")
        tag.attributes.push_back(std::move(attribute));
}

std::string_view HtmlScanner::read_value() {
    rest_.remove_prefix(std::min(rest_.find_first_not_of(blanks), rest_.size()));
    if (rest_.empty() || (rest_[0] != '"' && rest_[0] != '\'')) {
        return take_until(rest_, " \t\r\n\f>");
    }
    const char quote = rest_[0];
    rest_.remove_prefix(1);
    const auto value = take_until(rest_, {&quote, 1});
    if (!rest_.empty()) rest_.remove_prefix(1);
    return value;
}

/// Comments, declarations, processing instructions, and what browsers take for a comment.
void HtmlScanner::skip_markup() {
    if (rest_.starts_with("<!--"))
        skip_comment();
    else
        skip_past('>');
}

void HtmlScanner::skip_comment() {
    rest_.remove_prefix(4);
    if (rest_.starts_with(">") || rest_.starts_with("->")) return skip_past('>');
    for (auto at = rest_.find("--"); at != std::string_view::npos; at = rest_.find("--", at + 1)) {
        const auto end = rest_.substr(at + 2);
        if (!end.starts_with(">") && !end.starts_with("!>")) continue;
        rest_.remove_prefix(at + 2);
        return skip_past('>');
    }
    rest_ = {};
}

void HtmlScanner::skip_past(char last) {
    const auto at = rest_.find(last);
    rest_.remove_prefix(at == std::string_view::npos ? rest_.size() : at + 1);
}

/// Elements whose content is no markup (13.2.5.2 to 13.2.5.5). What of it is text stays.
void HtmlScanner::after_start_tag(const std::string& name) {
    if (is_one_of(name, {"script", "style", "title", "iframe", "noembed", "noframes"}))
        take_content(name);
    else if (is_one_of(name, {"textarea", "xmp"}))
        raw_text_ = take_content(name);
    else if (name == "plaintext")
        raw_text_ = std::exchange(rest_, {});
}

/// Takes what stands before the end tag of this name, which is left; or all.
std::string_view HtmlScanner::take_content(std::string_view name) {
    const auto all = rest_;
    for (auto at = all.find("</"); at != std::string_view::npos; at = all.find("</", at + 1)) {
        const auto tag = all.substr(at + 2);
        const auto after = tag.substr(std::min(name.size(), tag.size()), 1);
        if (!same_name(tag.substr(0, name.size()), name)) continue;
        if (after.empty() || std::string_view{" \t\r\n\f/>"}.find(after[0]) == after.npos) continue;
        rest_ = all.substr(at);
        return all.substr(0, at);
    }
    rest_ = {};
    return all;
}

}  // namespace smime
