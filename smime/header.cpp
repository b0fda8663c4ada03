#include "smime/header.hpp"

#include <algorithm>

namespace smime {
namespace {

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}

bool blank(char c) {
    return c == ' ' || c == '\t';
}

/// The line at the head of these octets without its end.
std::string_view without_line_end(std::string_view line) {
    if (line.ends_with('\n'))
        line.remove_suffix(1);
    else
        return line;
    if (line.ends_with('\r')) line.remove_suffix(1);
    return line;
}

/// Octets of the line at this offset, its end included.
std::size_t line_size(std::string_view octets, std::size_t offset) {
    const auto end = octets.find('\n', offset);
    return (end == std::string_view::npos ? octets.size() : end + 1) - offset;
}

}  // namespace

bool same_name(std::string_view one, std::string_view other) {
    if (one.size() != other.size()) return false;
    for (std::size_t i = 0; i < one.size(); ++i)
        if (lower(one[i]) != lower(other[i])) return false;
    return true;
}

bool HeaderField::is(std::string_view other_name) const {
    return same_name(name, other_name);
}

bool HeaderField::is_structural() const {
    return same_name(name.substr(0, 8), "Content-") || is("MIME-Version");
}

std::optional<HeaderField> HeaderScanner::next() {
    if (blank_line_ || offset_ == octets_.size()) return std::nullopt;
    auto size = line_size(octets_, offset_);
    const auto first_line = without_line_end(octets_.substr(offset_, size));
    if (first_line.empty() && octets_[offset_ + size - 1] == '\n') {
        blank_line_ = true;
        offset_ += size;
        return std::nullopt;
    }
    while (offset_ + size < octets_.size() && octets_[offset_ + size - 1] == '\n' &&
           blank(octets_[offset_ + size]))
        size += line_size(octets_, offset_ + size);

    HeaderField field;
    field.octets = octets_.substr(offset_, size);
    const auto colon = first_line.find(':');
    if (colon == std::string_view::npos) {
        field.value = without_line_end(field.octets);
    } else {
        field.name = first_line.substr(0, colon);
        while (!field.name.empty() && blank(field.name.back())) field.name.remove_suffix(1);
        field.value = without_line_end(field.octets).substr(colon + 1);
    }
    offset_ += size;
    return field;
}

bool is_field_name(std::string_view name) {
    return !name.empty() && std::all_of(name.begin(), name.end(),
                                        [](char c) { return c > ' ' && c < '\x7f' && c != ':'; });
}

bool has_plain_fields(std::string_view header) {
    HeaderScanner fields{header};
    while (const auto field = fields.next())
        if (!is_field_name(field->name) || field->octets[field->name.size()] != ':') return false;
    return true;
}

std::string lenient_name(const HeaderField& field) {
    std::string name;
    for (const char c : field.octets.substr(0, field.octets.find(':')))
        if (c > ' ' && c < '\x7f') name += c;
    return name;
}

std::size_t header_size(std::string_view octets) {
    HeaderScanner fields{octets};
    while (fields.next()) {
    }
    return fields.offset();
}

std::optional<HeaderField> find_field(std::string_view header, std::string_view name) {
    HeaderScanner fields{header};
    while (auto field = fields.next())
        if (field->is(name)) return field;
    return std::nullopt;
}

std::string folded_with_lf(const HeaderField& field) {
    auto rest = field.value;
    const auto first_line = without_line_end(rest.substr(0, line_size(rest, 0)));
    const auto text = first_line.find_first_not_of(" \t");
    if (text != std::string_view::npos)
        rest.remove_prefix(text);
    else if (!first_line.empty())
        rest.remove_prefix(1);

    std::string value;
    value.reserve(rest.size());
    while (!rest.empty()) {
        const auto size = line_size(rest, 0);
        const auto line = without_line_end(rest.substr(0, size));
        value += line;
        if (rest[size - 1] == '\n') value += '\n';
        rest.remove_prefix(size);
    }
    return value;
}

std::string unfolded(std::string_view value) {
    std::string text;
    text.reserve(value.size());
    for (const char c : value)
        if (c != '\r' && c != '\n') text += c;
    const auto first = text.find_first_not_of(" \t");
    if (first == std::string::npos) return {};
    const auto last = text.find_last_not_of(" \t");
    return text.substr(first, last - first + 1);
}

}  // namespace smime
