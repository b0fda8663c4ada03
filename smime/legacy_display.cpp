#include "smime/legacy_display.hpp"

#include <algorithm>

#include "smime/header.hpp"
#include "smime/leaf.hpp"

namespace smime {

namespace {

using keystore::BytesView;
using keystore::SecretBytes;

constexpr auto npos = std::string_view::npos;

BytesView octets_of(std::string_view text) {
    return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

/// Where to cut, and how much.
struct Cut {
    std::size_t offset = 0;
    std::size_t size = 0;
};

/// The lines of header fields up to the first blank line, and that one (RFC 9788, 4.5.3.2).
std::optional<Cut> in_plain_text(std::string_view text) {
    HeaderScanner fields{text};
    bool any = false;
    while (const auto field = fields.next()) {
        // A line of quoted-printable that goes on in the next is no line.
        const std::string_view value = field->value;
        if (!is_field_name(field->name) || value.ends_with('=')) return std::nullopt;
        any = true;
    }
    if (!any || !fields.ended_by_blank_line()) return std::nullopt;
    return Cut{0, fields.offset()};
}

std::size_t skip_blanks(std::string_view text, std::size_t at) {
    return std::min(text.find_first_not_of(" \t\r\n", at), text.size());
}

/// Where the content of <body> begins; the text's beginning if there is no such tag.
std::size_t body_start(std::string_view html) {
    for (auto at = html.find('<'); at != npos; at = html.find('<', at + 1)) {
        if (!same_name(html.substr(at + 1, 4), "body")) continue;
        const auto end = html.find('>', at);
        return end == npos ? html.size() : end + 1;
    }
    return 0;
}

/// The element that comes first in the body, if it is what RFC 9788, 4.5.3.3 says: text, at most in
/// a <pre>, and no other element.
std::optional<Cut> in_html(std::string_view html) {
    constexpr std::string_view open = "<div class=\"header-protection-legacy-display\">";
    constexpr std::string_view close = "</div>";
    const auto start = skip_blanks(html, body_start(html));
    if (!html.substr(start).starts_with(open)) return std::nullopt;
    const auto end = html.find(close, start);
    if (end == npos) return std::nullopt;
    for (auto at = html.find('<', start + 1); at < end; at = html.find('<', at + 1)) {
        const auto tag = html.substr(at);
        if (!tag.starts_with("<pre>") && !tag.starts_with("</pre>")) return std::nullopt;
    }
    return Cut{start, end + close.size() - start};
}

std::optional<std::string_view> text_subtype(const ContentFields& fields) {
    if (!fields.type || !fields.type->strict) return std::nullopt;
    if (fields.disposition && same_name(fields.disposition->type, "attachment"))
        return std::nullopt;
    if (decoded_parameter(fields.type->parameters, "hp-legacy-display") != "1") return std::nullopt;
    for (const std::string_view subtype : {"plain", "html"})
        if (fields.type->is("text", subtype)) return subtype;
    return std::nullopt;
}

std::optional<NewBody> cut_out(const Leaf& leaf) {
    if (!leaf.is_main || leaf.is_signed) return std::nullopt;
    const auto fields = read_content_fields(leaf.header);
    const auto subtype = text_subtype(fields);
    if (!subtype) return std::nullopt;
    const std::string encoding = fields.transfer_encoding.value_or("7bit");
    const bool base64 = same_name(encoding, "base64");
    const bool quoted = same_name(encoding, "quoted-printable");
    // Header fields and the blank line behind them are the same in quoted-printable.
    const bool as_it_is = !base64 && (!quoted || subtype == "plain");

    NewBody body = as_it_is ? NewBody{octets_of(leaf.body)} : decoded_body(leaf);
    const std::string_view text{reinterpret_cast<const char*>(body.octets.data()),
                                body.octets.size()};
    const auto cut = subtype == "plain" ? in_plain_text(text) : in_html(text);
    if (!cut) return std::nullopt;
    if (cut->offset == 0) {
        body.octets = body.octets.subspan(cut->size);
        body.is_encoded = as_it_is;
        return body;
    }
    SecretBytes rest{body.octets.first(cut->offset)};
    rest.append(body.octets.subspan(cut->offset + cut->size));
    NewBody without{std::move(rest)};
    without.is_encoded = as_it_is;
    return without;
}

}  // namespace

View without_legacy_display(View view) {
    return with_new_bodies(std::move(view), cut_out);
}

}  // namespace smime
