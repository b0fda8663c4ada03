#include "smime/view_header.hpp"

#include <algorithm>
#include <vector>

#include "smime/header.hpp"
#include "smime/utf8.hpp"

namespace smime {

namespace {

constexpr std::size_t line_limit = 77;  // RFC 5322, 2.1.1: "SHOULD be no more than 78"

/// Adds lines to text, each ended by CRLF however it ended.
void append_lines(std::string& text, std::string_view lines) {
    while (!lines.empty()) {
        const auto newline = std::min(lines.find('\n'), lines.size());
        std::string_view line = lines.substr(0, newline);
        lines.remove_prefix(std::min(newline + 1, lines.size()));
        if (line.ends_with('\r')) line.remove_suffix(1);
        text.append(line).append("\r\n");
    }
}

bool is_own_name(std::string_view name) {
    return same_name(name, "X-Paperknife");
}

bool is_structural_name(std::string_view name) {
    return same_name(name.substr(0, 8), "Content-") || same_name(name, "MIME-Version");
}

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

/// X-Paperknife: encryption=…; layers=…; signature=… [; reason=…]
std::string own_field(const Report& report) {
    FoldedField field{"X-Paperknife"};
    field.add_word("encryption=" + std::string{word(report.encryption)} + ';');
    std::vector<std::string> opened;
    bool has_signers = false;
    for (const Layer& layer : report.layers) {
        has_signers |= layer.has_signers;
        if (layer.result == "opened" || layer.detached) opened.push_back(layer.type + ',');
    }
    if (opened.empty()) opened.push_back(";");
    opened.front().insert(0, "layers=");
    opened.back().back() = ';';
    field.add_together(opened);
    field.add_word(std::string{"signature="} + (has_signers ? "not-verified" : "none") +
                   (report.error ? ";" : ""));
    if (report.error) field.add_word("reason=" + std::string{word(*report.error)});
    return field.take();
}

}  // namespace

std::string view_header(std::string_view outer_header, const Report& report,
                        std::string_view structural_fields) {
    std::string header;
    header.reserve(outer_header.size() + structural_fields.size() + 256);
    header += own_field(report);
    HeaderScanner fields{outer_header};
    while (const auto field = fields.next()) {
        const std::string name = lenient_name(*field);
        if (!is_own_name(name) && !is_structural_name(name)) append_lines(header, field->octets);
    }
    return header.append("MIME-Version: 1.0\r\n").append(structural_fields).append("\r\n");
}

std::string structural_fields(std::string_view entity_header) {
    std::string structural;
    HeaderScanner fields{entity_header};
    while (const auto field = fields.next()) {
        if (!field->is_structural() || field->is("MIME-Version")) continue;
        // Blanks before the colon go: not every reader takes the name for what it is with them.
        structural.append(field->name).append(":");
        append_lines(structural, field->value);
        if (field->value.empty()) structural += "\r\n";
    }
    return structural;
}

std::string structural_fields_of_text(std::string_view text) {
    const bool ascii =
        std::all_of(text.begin(), text.end(), [](char c) { return (c & 0x80) == 0; });
    if (ascii) return "Content-Type: text/plain; charset=us-ascii\r\n";
    return std::string{"Content-Type: text/plain"} + (is_utf8(text) ? "; charset=utf-8" : "") +
           "\r\nContent-Transfer-Encoding: 8bit\r\n";
}

}  // namespace smime
