#include "smime/unauthenticated_html.hpp"

#include <optional>
#include <string>

#include "smime/charset.hpp"
#include "smime/doubtful_part.hpp"
#include "smime/html_reduction.hpp"
#include "smime/html_tree.hpp"
#include "smime/leaf.hpp"
#include "smime/limits.hpp"
#include "smime/utf8.hpp"
#include "smime/view_writer.hpp"

namespace smime {

namespace {

keystore::BytesView octets_of(std::string_view text) {
    return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

std::string_view text_of(keystore::BytesView octets) {
    return {reinterpret_cast<const char*>(octets.data()), octets.size()};
}

std::string lower_case(std::string_view text) {
    std::string lower;
    for (const char c : text) lower += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    return lower;
}

bool contains(std::string_view text, std::string_view word) {
    return text.find(word) != std::string_view::npos;
}

/// What is done about a part.
enum class Treatment {
    none,
    html,     ///< its HTML is made harmless
    as_text,  ///< called text/plain; its octets stay
};

/// Messages that say something themselves. The others are to be fetched from somewhere, or put
/// together, or hold a message that we have not looked into.
bool is_report(std::string_view subtype) {
    return contains(subtype, "delivery-status") || contains(subtype, "disposition-notification") ||
           subtype == "feedback-report";
}

/// What stands before the parameters of a Content-Type, however wrong it is.
std::string raw_type(std::string_view header) {
    const auto field = find_field(header, "Content-Type");
    return field ? lower_case(field->value.substr(0, field->value.find(';'))) : std::string{};
}

Treatment treatment_of_type(std::string_view header, const ContentFields& fields) {
    if (!fields.type) return Treatment::none;
    if (contains(raw_type(header), "html")) return Treatment::html;
    const std::string type = lower_case(fields.type->type);
    const std::string subtype = lower_case(fields.type->subtype);
    const bool attached = fields.disposition && same_name(fields.disposition->type, "attachment");
    if (contains(subtype, "svg")) return Treatment::as_text;
    if (contains(subtype, "xml") || contains(subtype, "xsl"))
        return attached ? Treatment::none : Treatment::as_text;
    if (type == "message" && !is_report(subtype)) return Treatment::as_text;
    if (type == "multipart") return Treatment::as_text;  // deeper than we look
    return Treatment::none;
}

/// A field that may stay in the header of a part whose type changes: one that says nothing of its
/// content, and that every reader takes for the same.
bool may_stay(const HeaderField& field) {
    if (!is_unambiguous(field)) return false;
    if (!same_name(field.name.substr(0, 8), "Content-")) return true;
    return field.is("Content-Disposition") || field.is("Content-ID") ||
           field.is("Content-Description") || field.is("Content-Language");
}

/// A parameter as it may be written: printable and short, or not at all.
std::string parameter(std::string_view name, const std::optional<std::string>& value) {
    constexpr std::size_t longest = 60;
    if (!value || value->empty() || value->size() > longest) return {};
    for (const char c : *value)
        if (c < ' ' || c > '~' || c == '"' || c == '\\') return {};
    return std::string{";\r\n "}.append(name).append("=\"").append(*value).append("\"");
}

/// Harmless makes the parts of one view harmless.
class Harmless {
public:
    Harmless(const View& view, UnauthenticatedHtml how) : how_{how}, writer_{view} {}

    /// Nothing if all parts stay.
    std::optional<View> run() {
        bool changed = false;
        std::optional<std::size_t> settled;  // where a part ends that is text now, with its own
        for (const MimePart& part : writer_.structure().parts()) {
            if (settled && part.header_offset <= *settled) continue;
            const ContentFields fields = read_content_fields(writer_.header(part));
            const Treatment treatment = treatment_of(part, fields);
            if (treatment == Treatment::none) continue;
            changed = true;
            if (treatment == Treatment::html) {
                write_html(part, fields);
            } else {
                write_as_text(part, fields);
                settled = part.body_offset + part.body_size;
            }
        }
        if (!changed) return std::nullopt;
        return writer_.take();
    }

    bool is_too_complex() const { return writer_.structure().parts().size() >= limits::mime_parts; }

private:
    Treatment treatment_of(const MimePart& part, const ContentFields& fields) const {
        if (is_doubtful(writer_, part)) return Treatment::as_text;
        if (part.kind != MimePart::Kind::single) return Treatment::none;
        const Treatment treatment = treatment_of_type(writer_.header(part), fields);
        const bool too_large = part.body_size > limits::html_part;
        return treatment == Treatment::html && too_large ? Treatment::as_text : treatment;
    }

    void write_html(const MimePart& part, const ContentFields& fields) {
        const NewBody decoded = decoded_body(Leaf{writer_.header(part), writer_.body(part)});
        const std::string_view octets = text_of(decoded.octets);
        const auto& parameters = fields.type->parameters;
        const auto named = decoded_parameter(parameters, "charset");
        const WipedText html = to_utf8(octets, named ? *named : charset_named_in_html(octets));
        std::optional<WipedText> written;
        if (how_ == UnauthenticatedHtml::strip)
            if (const auto reduced = reduced_html(html, budget_)) written = html_document(*reduced);
        std::string_view type = "text/html";
        if (!written) {
            type = "text/plain";
            WipedText reduced = reduced_to_text(html);
            written = plain_text(reduced);
            if (!written) written = std::move(reduced);
        }
        const std::string name = parameter("name", decoded_parameter(parameters, "name"));
        writer_.replace(part,
                        fields_that_stay(part) + "Content-Type: " + std::string{type} +
                            "; charset=utf-8" + name + "\r\nContent-Transfer-Encoding: base64\r\n",
                        octets_of(*written));
    }

    void write_as_text(const MimePart& part, const ContentFields& fields) {
        std::optional<std::string> charset;
        if (fields.type) charset = decoded_parameter(fields.type->parameters, "charset");
        if (!charset && is_utf8(writer_.body(part))) charset = "utf-8";
        std::string written = fields_that_stay(part) + "Content-Type: text/plain" +
                              parameter("charset", charset) + "\r\n";
        if (fields.transfer_encoding)
            written += "Content-Transfer-Encoding: " + *fields.transfer_encoding + "\r\n";
        writer_.replace_header(part, written);
    }

    std::string fields_that_stay(const MimePart& part) const {
        std::string stay;
        HeaderScanner scanner{writer_.header(part)};
        while (const auto field = scanner.next()) {
            if (!may_stay(*field)) continue;
            stay += field->octets;
            if (!stay.ends_with('\n')) stay += "\r\n";
        }
        if (!part.is_mime) stay += "MIME-Version: 1.0\r\n";
        return stay;
    }

    const UnauthenticatedHtml how_;
    ViewWriter writer_;
    HtmlBudget budget_;
};

}  // namespace

bool is_unauthenticated(const Report& report) {
    if (report.signed_as_a_whole) return false;
    return report.encryption == Encryption::unauthenticated ||
           report.encryption == Encryption::legacy;
}

Result<View> with_harmless_html(View view, UnauthenticatedHtml how, Report& report) {
    if (how == UnauthenticatedHtml::keep || !is_unauthenticated(report)) return view;
    Harmless harmless{view, how};
    if (harmless.is_too_complex()) return Error::too_complex;
    auto written = harmless.run();
    if (!written) return view;
    report.html = how == UnauthenticatedHtml::strip ? "stripped" : "text";
    return std::move(*written);
}

}  // namespace smime
