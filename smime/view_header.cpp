#include "smime/view_header.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include "smime/own_field.hpp"
#include "smime/utf8.hpp"

namespace smime {

namespace {

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

bool is_structural_name(std::string_view name) {
    return same_name(name.substr(0, 8), "Content-") || same_name(name, "MIME-Version");
}

std::string lower(std::string_view name) {
    std::string text{name};
    for (char& c : text)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
    return text;
}

/// FieldsByName gives fields out once, all of a name together.
class FieldsByName {
public:
    explicit FieldsByName(const std::vector<HeaderField>& fields) {
        for (const HeaderField& field : fields) by_name_[lower(field.name)].push_back(&field);
    }
    bool has(std::string_view name) const { return by_name_.contains(lower(name)); }
    void write(std::string_view name, std::string& header) {
        auto& fields = by_name_[lower(name)];
        for (const HeaderField* field : std::exchange(fields, {}))
            append_lines(header, field->octets);
    }

private:
    std::map<std::string, std::vector<const HeaderField*>, std::less<>> by_name_;
};

/// A field that says nothing, of as many octets and lines.
std::string withheld(std::string_view field) {
    constexpr std::string_view name = "X-Withheld";
    std::string octets{field};
    auto colon = std::min(field.find(':'), name.size());
    if (colon < field.size() && field[colon] == '\r') --colon;  // a line end stays whole
    for (std::size_t i = 0; i < octets.size(); ++i) {
        char& c = octets[i];
        if (i < colon)
            c = name[i];
        else if (i == colon)
            c = ':';
        else if (c != ' ' && c != '\t' && c != '\r' && c != '\n')
            c = '.';
    }
    return octets;
}

/// True if the message says MIME-Version as it should. That stays where and as it is, since a DKIM
/// signature may be about it.
bool has_plain_mime_version(std::string_view header) {
    int count = 0;
    bool plain = false;
    HeaderScanner fields{header};
    while (const auto field = fields.next()) {
        if (!same_name(lenient_name(*field), "MIME-Version")) continue;
        ++count;
        plain = field->is("MIME-Version") && field->octets[field->name.size()] == ':' &&
                unfolded(field->value).starts_with("1.0");
    }
    return count == 1 && plain;
}

}  // namespace

std::string view_header(std::string_view outer_header, const Report& report,
                        std::string_view structural_fields,
                        const std::vector<HeaderField>& protected_fields) {
    std::string header;
    header.reserve(outer_header.size() + structural_fields.size() + 256);
    FieldsByName inner{protected_fields};
    const bool keeps_version = has_plain_mime_version(outer_header);
    HeaderScanner fields{outer_header};
    while (const auto field = fields.next()) {
        if (is_own_field(*field)) continue;
        const std::string name = lenient_name(*field);
        if (is_structural_name(name)) {
            if (keeps_version && field->is("MIME-Version")) append_lines(header, field->octets);
        } else if (inner.has(name)) {
            inner.write(name, header);
        } else if (report.header_protection == HeaderProtection::none ||
                   !same_name(name, "HP-Outer")) {
            append_lines(header, field->octets);
        }
    }
    for (const HeaderField& field : protected_fields) inner.write(std::string{field.name}, header);
    if (!keeps_version) header += "MIME-Version: 1.0\r\n";
    return header.append(structural_fields).append("\r\n");
}

std::string signed_header(std::string_view outer_header) {
    std::string header;
    header.reserve(outer_header.size() + 2);
    HeaderScanner fields{outer_header};
    while (const auto field = fields.next())
        append_lines(header, is_own_field(*field) ? withheld(field->octets) : field->octets);
    return header.append("\r\n");
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
