#include "smime/html_reduction.hpp"

#include <algorithm>

#include "smime/html_elements.hpp"
#include "smime/html_scanner.hpp"

namespace smime {

namespace {

using Kind = HtmlToken::Kind;
using Break = HtmlElement::Break;

bool is_blank(char c) {
    return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\f';
}

/// Adds one character as text. Controls are no text.
void append_character(WipedText& out, char c, bool is_raw) {
    if (c == '<')
        out += "&lt;";
    else if (c == '&' && is_raw)
        out += "&amp;";
    else if ((static_cast<unsigned char>(c) >= ' ' && c != '\x7f') || is_blank(c))
        out += c;
}

/// Adds the text that stands for an image.
void append_alternative(WipedText& out, const HtmlToken& image) {
    const auto text = image.attribute("alt").value_or("");
    if (text.find_first_not_of(" \t\r\n\f") == std::string_view::npos) return;
    out += '[';
    for (const char c : text) append_character(out, c, false);
    out += ']';
}

void append_start_tag(WipedText& out, const HtmlToken& tag) {
    out.append("<").append(tag.name);
    for (const auto& [name, value] : tag.attributes) {
        if (name == "alt" || value.size() > limits::html_attribute) continue;
        out.append(" ").append(name).append("=\"");
        for (const char c : value) {
            if (c == '"')
                out += "&quot;";
            else
                append_character(out, c, false);
        }
        out += '"';
    }
    out += '>';
}

/// TextWriter breaks lines as elements ask for it, and makes one blank of many, as browsers do.
class TextWriter {
public:
    void add(const HtmlToken& text) {
        for (const char c : text.text) {
            if (preformatted_ == 0 && is_blank(c))
                wanted_ = std::max(wanted_, Break::blank);
            else
                add(c, text.kind == Kind::raw_text);
        }
    }

    void add_image(const HtmlToken& image) {
        WipedText alternative;
        append_alternative(alternative, image);
        if (alternative.empty()) return;
        write_break();
        text_ += alternative;
    }

    void add_tag(const HtmlToken& tag) {
        const bool starts = tag.kind == Kind::start_tag;
        if (tag.name == "pre" && starts) ++preformatted_;
        if (tag.name == "pre" && !starts && preformatted_ > 0) --preformatted_;
        const HtmlElement* element = find_html_element(tag.name);
        if (!element) return;
        // Two of them are an empty line, where two ends of blocks are one.
        const bool second_line = tag.name == "br" && wanted_ == Break::line;
        wanted_ = std::max(wanted_, second_line ? Break::paragraph : element->break_in_text);
        if (!starts) return;
        if (tag.name == "li") add_mark("* ");
        if (tag.name == "hr") add_mark("----");
    }

    WipedText take() {
        if (!text_.empty()) text_ += '\n';
        return std::move(text_);
    }

private:
    void add(char c, bool is_raw) {
        write_break();
        append_character(text_, c, is_raw);
    }

    void add_mark(std::string_view mark) {
        write_break();
        text_ += mark;
        wanted_ = mark.ends_with(' ') ? Break::none : Break::paragraph;
    }

    void write_break() {
        const Break wanted = text_.empty() ? Break::none : wanted_;
        wanted_ = Break::none;
        switch (wanted) {
            case Break::none:
                return;
            case Break::blank:
                text_ += ' ';
                return;
            case Break::line:
                text_ += '\n';
                return;
            case Break::paragraph:
                text_ += "\n\n";
                return;
        }
    }

    WipedText text_;
    Break wanted_ = Break::none;  // before the next character
    std::size_t preformatted_ = 0;
};

}  // namespace

std::optional<WipedText> reduced_html(std::string_view html, HtmlBudget& budget) {
    WipedText out;
    HtmlScanner scanner{html};
    while (auto token = scanner.next()) {
        // A link's text keeps its looks: that of a button is often white on a colour.
        if (token->name == "a") token->name = "span";
        if (token->kind == Kind::text || token->kind == Kind::raw_text) {
            for (const char c : token->text)
                append_character(out, c, token->kind == Kind::raw_text);
        } else if (token->name == "img" && token->kind == Kind::start_tag) {
            append_alternative(out, *token);
        } else if (find_html_element(token->name)) {
            if (budget.tags == 0) return std::nullopt;
            --budget.tags;
            if (token->kind == Kind::start_tag)
                append_start_tag(out, *token);
            else
                out.append("</").append(token->name).append(">");
        }
        if (out.size() > budget.octets) return std::nullopt;
    }
    budget.octets -= out.size();
    return out;
}

WipedText reduced_to_text(std::string_view html) {
    TextWriter out;
    HtmlScanner scanner{html};
    while (const auto token = scanner.next()) {
        if (token->kind == Kind::text || token->kind == Kind::raw_text)
            out.add(*token);
        else if (token->name == "img")
            out.add_image(*token);
        else
            out.add_tag(*token);
    }
    return out.take();
}

}  // namespace smime
