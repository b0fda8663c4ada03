#include "smime/own_field.hpp"

#include <vector>

#include "smime/header_cursor.hpp"

namespace smime {

namespace {

constexpr std::size_t line_limit = 77;  // RFC 5322, 2.1.1: "SHOULD be no more than 78"

/// Folds where a piece begins that does not fit into the line.
class FoldedField {
public:
    explicit FoldedField(std::string_view name) : text_{name} { text_ += ':'; }

    /// A word, after a blank or on a new line.
    void add_word(std::string_view word) { add(" ", word); }

    /// A word that may be folded between its pieces if one line can't hold it.
    void add_together(const std::vector<std::string>& pieces) {
        std::string word;
        for (const std::string& piece : pieces) word += piece;
        if (word.size() < line_limit) return add_word(word);
        add_word(pieces.front());
        for (std::size_t i = 1; i < pieces.size(); ++i) add("", pieces[i]);
    }

    std::string take() { return std::move(text_) + "\r\n"; }

private:
    void add(std::string_view blank, std::string_view piece) {
        const auto line = text_.size() - (text_.rfind('\n') + 1);  // npos + 1 is 0
        const bool fits = line + blank.size() + piece.size() <= line_limit;
        text_.append(fits ? blank : "\r\n ").append(piece);
    }
    std::string text_;
};

std::string_view headers_word(HeaderProtection protection) {
    return protection == HeaderProtection::none ? "" : "protected";
}

std::string errant_word(const Report& report) {
    if (report.errant.empty()) return {};
    for (const ErrantLayer& errant : report.errant)
        if (errant.result == "attached") return "attached";
    return "left";
}

/// Our authserv-id is "paperknife", alone or with an installation's name behind it. So is one that
/// only looks like it.
bool is_own_authserv_id(std::string_view value) {
    HeaderCursor in{value};
    std::string id;
    if (in.skip_cfws() == HeaderCursor::Next::malformed) return false;
    if (in.at('"'))
        in.quoted_string(id);
    else
        in.raw_value(id);
    return same_name(std::string_view{id}.substr(0, 10), "paperknife");
}

}  // namespace

std::string own_field(const Report& report) {
    std::vector<std::string> layers;
    for (const Layer& layer : report.layers)
        if (layer.result == "opened" || layer.detached) layers.push_back(layer.type + ',');
    if (layers.empty()) layers.push_back(",");
    layers.front().insert(0, "layers=");
    layers.back().pop_back();

    std::vector<std::vector<std::string>> words;
    const auto add = [&](std::string_view name, std::string_view value) {
        if (!value.empty()) words.push_back({std::string{name} + '=' + std::string{value}});
    };
    add("encryption", word(report.encryption));
    words.push_back(std::move(layers));
    add("signature", report.signature);
    add("headers", headers_word(report.header_protection));
    add("from", report.from_mismatch ? "unconfirmed" : "");
    add("errant", errant_word(report));
    add("html", report.html);
    add("reason", report.error ? word(*report.error) : report.signature_reason);

    FoldedField field{"X-Paperknife"};
    for (auto& pieces : words) {
        if (&pieces != &words.back()) pieces.back() += ';';
        field.add_together(pieces);
    }
    return field.take();
}

std::string with_own_field(std::string_view header, const Report& report) {
    HeaderScanner fields{header};
    fields.next();
    return own_field(report).append(header.substr(fields.offset()));
}

bool is_own_field(const HeaderField& field) {
    const std::string name = lenient_name(field);
    if (same_name(name, "X-Paperknife")) return true;
    if (!same_name(name, "Authentication-Results")) return false;
    const auto colon = field.octets.find(':');
    return colon != std::string_view::npos && is_own_authserv_id(field.octets.substr(colon + 1));
}

}  // namespace smime
