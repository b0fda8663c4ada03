#include "smime/doubtful_part.hpp"

#include <algorithm>

#include "smime/entity.hpp"

namespace smime {

namespace {

constexpr std::string_view line_blanks = " \t\r\n";

/// True if a line that is no proper field could be taken for Content-Type or
/// Content-Transfer-Encoding.
bool looks_structural(const HeaderField& field) {
    constexpr std::size_t looked_into = 80;
    std::string letters;
    for (const char c : field.octets.substr(0, looked_into))
        if (c > ' ' && c < '\x7f') letters += c;
    for (std::size_t at = 0; at + 9 <= letters.size(); ++at)
        if (same_name(letters.substr(at, 9), "Content-T")) return true;
    return false;
}

bool has_doubtful_header(std::string_view header) {
    HeaderScanner fields{header};
    while (const auto field = fields.next())
        if (!is_unambiguous(*field) && looks_structural(*field)) return true;
    return Entity::read(header).ambiguous;
}

/// The one boundary, or nothing.
std::string boundary_of(std::string_view header) {
    const auto field = find_field(header, "Content-Type");
    if (!field) return {};
    std::string boundary;
    for (const Parameter& parameter : read_content_type(folded_with_lf(*field)).parameters) {
        if (!same_name(parameter.name.substr(0, 8), "boundary")) continue;
        if (parameter.name.size() > 8 || !boundary.empty()) return {};
        boundary = parameter.value;
    }
    return boundary;
}

bool is_blank(std::string_view text) {
    return text.find_first_not_of(line_blanks) == std::string_view::npos;
}

/// True if the text ends with a line that is this boundary line, with nothing but blanks behind.
bool ends_with_line(std::string_view text, std::string_view boundary_line) {
    if (!text.ends_with('\n')) return false;
    text.remove_suffix(1);
    const auto line = text.substr(text.rfind('\n') + 1);  // npos + 1 is 0
    return line.starts_with(boundary_line) && is_blank(line.substr(boundary_line.size()));
}

/// True if the text is nothing, or begins, on a line of its own, with the last boundary line.
bool begins_with_last_line(std::string_view text, std::string_view boundary_line) {
    text.remove_prefix(std::min(text.find_first_not_of("\r\n"), text.size()));
    if (text.empty()) return true;
    const auto line = text.substr(0, text.find('\n'));
    if (!line.starts_with(boundary_line)) return false;
    const auto end = line.substr(boundary_line.size());
    return end.starts_with("--") && is_blank(end.substr(2));
}

bool has_doubtful_boundaries(const ViewWriter& view, const MimePart& multipart) {
    const std::string boundary = boundary_of(view.header(multipart));
    if (boundary.empty()) return true;
    const std::string line = "--" + boundary;
    std::size_t end = multipart.body_offset;
    const MimeStructure& structure = view.structure();
    for (const MimePart* part = structure.part(multipart.first_child); part;
         part = structure.part(part->next_sibling)) {
        if (!ends_with_line(view.slice(end, part->header_offset - end), line)) return true;
        end = part->body_offset + part->body_size;
    }
    const std::size_t last = multipart.body_offset + multipart.body_size;
    return last > end && !begins_with_last_line(view.slice(end, last - end), line);
}

}  // namespace

bool is_unambiguous(const HeaderField& field) {
    const auto& name = field.name;
    if (name.empty() || std::any_of(name.begin(), name.end(),
                                    [](char c) { return c <= ' ' || c >= '\x7f' || c == ':'; }))
        return false;
    const auto& octets = field.octets;
    if (octets.find('\0') != std::string_view::npos) return false;
    for (auto cr = octets.find('\r'); cr != std::string_view::npos; cr = octets.find('\r', cr + 1))
        if (cr + 1 == octets.size() || octets[cr + 1] != '\n') return false;
    return true;
}

bool is_doubtful(const ViewWriter& view, const MimePart& part) {
    const std::string_view header = view.header(part);
    if (has_doubtful_header(header)) return true;
    if (part.kind == MimePart::Kind::single) return false;
    if (Entity::read(header).transfer_encoding != TransferEncoding::identity) return true;
    return part.kind == MimePart::Kind::multipart &&
           (part.first_child == MimePart::none || has_doubtful_boundaries(view, part));
}

}  // namespace smime
