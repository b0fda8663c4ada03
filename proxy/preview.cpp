#include "proxy/preview.hpp"

#include <vector>

#include "proxy/limits.hpp"
#include "proxy/message_items_section.hpp"
#include "proxy/message_items_structure.hpp"
#include "smime/charset.hpp"
#include "smime/html_reduction.hpp"
#include "smime/html_tree.hpp"
#include "smime/leaf.hpp"
#include "smime/utf8.hpp"

namespace proxy {
namespace {

using smime::WipedText;

bool is_white_space(char c) {
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

bool is_control(char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == '\x7f';
}

/// The first words of a text in UTF-8.
class FirstWords {
public:
    /// Adds a line; false once there is no more room.
    bool add(std::string_view line) {
        add_white_space();
        while (!line.empty()) {
            const char first = line.front();
            const auto before = line;
            smime::take_utf8_character(line);
            if (is_white_space(first))
                add_white_space();
            else if (!is_control(first) &&
                     !add_character(before.substr(0, before.size() - line.size())))
                return false;
        }
        return true;
    }

    WipedText take() { return std::move(words_); }

private:
    void add_white_space() { space_ = !words_.empty(); }

    bool add_character(std::string_view character) {
        const std::size_t more = space_ ? 2 : 1;
        if (characters_ + more > limits::preview_characters) return false;
        characters_ += more;
        if (space_) words_ += ' ';
        space_ = false;
        words_ += character;
        return true;
    }

    WipedText words_;
    std::size_t characters_ = 0;
    bool space_ = false;
};

enum class Quotes { left_out, alone };

/// The first words of the lines that begin with ">", or of the others.
WipedText first_words(std::string_view text, Quotes quotes) {
    FirstWords words;
    while (!text.empty()) {
        const auto end = std::min(text.find('\n'), text.size() - 1) + 1;
        auto line = text.substr(0, end);
        text.remove_prefix(end);
        const bool quoted = line.starts_with('>');
        if (quoted != (quotes == Quotes::alone)) continue;
        if (quoted) line.remove_prefix(1);
        if (!words.add(line)) break;
    }
    return words.take();
}

/// The beginning of a part's body, without its transfer encoding.
smime::NewBody beginning_of(const smime::View& view, const smime::MimePart& part) {
    const auto size = std::min(part.body_size, limits::preview_source);
    const auto octets = message_octets(view, part.body_offset, size);
    const auto header = part.is_mime ? header_of(view, part) : std::string_view{};
    return smime::decoded_body({header, octets.head.empty() ? octets.tail : octets.head});
}

WipedText text_of_html(std::string_view html) {
    WipedText reduced = smime::reduced_to_text(html);
    auto text = smime::plain_text(reduced);
    return text ? std::move(*text) : std::move(reduced);
}

/// Nothing if the part is no text.
WipedText preview_of(const smime::View& view, const smime::MimePart& part) {
    smime::ContentFields fields;
    if (part.is_mime) fields = smime::read_content_fields(header_of(view, part));
    if (fields.disposition && smime::same_name(fields.disposition->type, "attachment")) return {};
    const bool is_html = fields.type && (fields.type->is("text", "html") ||
                                         fields.type->is("application", "xhtml+xml"));
    if (fields.type && !is_html && !smime::same_name(fields.type->type, "text")) return {};

    const auto body = beginning_of(view, part);
    std::string_view octets{reinterpret_cast<const char*>(body.octets.data()), body.octets.size()};
    if (part.body_size > limits::preview_source) {
        // What is left of a character would make UTF-8 look like something else.
        while (!octets.empty() && static_cast<unsigned char>(octets.back()) >= 0x80)
            octets.remove_suffix(1);
    }
    std::optional<std::string> charset;
    if (fields.type) charset = smime::decoded_parameter(fields.type->parameters, "charset");
    if (!charset && is_html) charset = std::string{smime::charset_named_in_html(octets)};
    const WipedText text = smime::to_utf8(octets, charset.value_or(std::string{}));
    if (is_html) return first_words(text_of_html(text), Quotes::left_out);
    auto words = first_words(text, Quotes::left_out);
    if (!words.empty()) return words;
    words = first_words(text, Quotes::alone);
    if (!words.empty()) words.insert(words.begin(), '>');
    return words;
}

}  // namespace

WipedText preview(const smime::View& view, const smime::MimeStructure& structure) {
    using Kind = smime::MimePart::Kind;
    std::vector<bool> in_message;  // a part comes before its children
    for (const auto& part : structure.parts()) {
        const auto* const parent = structure.part(part.parent);
        in_message.push_back(parent && (parent->kind == Kind::message || in_message[part.parent]));
        if (part.kind != Kind::single || in_message.back()) continue;
        auto words = preview_of(view, part);
        if (!words.empty()) return words;
    }
    return {};
}

}  // namespace proxy
