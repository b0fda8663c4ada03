#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace smime {

/// HtmlToken is a piece of HTML: text, or a tag. Its views point into the HTML.
struct HtmlToken {
    enum class Kind {
        text,      ///< with character references in it
        raw_text,  ///< text in which "&" is nothing but itself
        start_tag,
        end_tag,
    };
    struct Attribute {
        std::string name;        ///< lower case
        std::string_view value;  ///< with character references in it
    };

    Kind kind = Kind::text;
    std::string_view text;              ///< of text
    std::string name;                   ///< of a tag, lower case
    std::vector<Attribute> attributes;  ///< of a start tag; of equal names the first

    /// The value of an attribute, or nothing.
    std::optional<std::string_view> attribute(std::string_view attribute_name) const;
};

/// HtmlScanner cuts HTML (UTF-8) into tokens as browsers do (WHATWG HTML, 13.2.5), in linear time,
/// and leaves out what nobody is to read: comments, declarations, and the content of script, style,
/// title, iframe, noembed and noframes. Of attributes it knows only those that are let through
/// (is_harmless_attribute) and alt, so that no tag takes longer than its octets.
class HtmlScanner {
public:
    explicit HtmlScanner(std::string_view html) : rest_{html} {}

    /// The next token, or nothing at the end.
    std::optional<HtmlToken> next();

private:
    std::optional<HtmlToken> read_tag();
    HtmlToken read_text();
    void read_attributes(HtmlToken& tag);
    void read_attribute(HtmlToken& tag);
    std::string_view read_value();
    void skip_markup();
    void skip_comment();
    void skip_past(char last);
    std::string_view take_content(std::string_view name);
    void after_start_tag(const std::string& name);

    std::string_view rest_;
    std::string_view raw_text_;  // of an element that has been begun
};

}  // namespace smime
