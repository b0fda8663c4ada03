#include "smime/multipart_signed.hpp"

#include <algorithm>
#include <string>

#include "smime/mime.hpp"

namespace smime {

namespace {

constexpr std::size_t longest_boundary = 70;  // RFC 2046, 5.1.1

std::optional<std::string> boundary_of(std::string_view header) {
    const auto fields = read_content_fields(header);
    if (!fields.type) return std::nullopt;
    for (const Parameter& parameter : fields.type->parameters)
        if (same_name(parameter.name, "boundary")) return parameter.value;
    return std::nullopt;
}

/// True if readers may not agree on what the boundary is: they search the field for the word, undo
/// what is no encoding there, or trim blanks (RFC 2046, 5.1.1).
bool has_doubtful_boundary(std::string_view header, const std::string& boundary) {
    const auto field = find_field(header, "Content-Type");
    if (!field) return true;
    constexpr std::string_view name = "boundary";
    int named = 0;
    for (std::size_t at = 0; at + name.size() <= field->value.size(); ++at) {
        if (!same_name(field->value.substr(at, name.size()), name)) continue;
        const auto behind = field->value.find_first_not_of(" \t\r\n*0123456789", at + name.size());
        named += behind != std::string_view::npos && field->value[behind] == '=' ? 1 : 0;
    }
    const auto is_printable = [](char c) { return c >= ' ' && c < '\x7f'; };
    return named != 1 || field->value.find('\\') != std::string_view::npos ||
           boundary.find("=?") != std::string::npos || boundary.starts_with(' ') ||
           boundary.ends_with(' ') || !std::ranges::all_of(boundary, is_printable);
}

/// True if some readers take a line for this boundary that others do not: they compare the
/// beginning of a line, or the whole of it (RFC 2046, 5.1.1), or end lines with a CR alone.
bool has_doubtful_line(std::string_view body, const std::string& boundary) {
    const std::string line = "--" + boundary;
    for (auto at = body.find(line); at != std::string_view::npos; at = body.find(line, at + 1)) {
        if (at > 0 && body[at - 1] == '\r') return true;
        if (at > 0 && body[at - 1] != '\n') continue;
        auto rest = body.substr(at + line.size());
        if (rest.starts_with("--")) rest.remove_prefix(2);
        const auto end = rest.find_first_not_of(" \t\r");
        if (end != std::string_view::npos && rest[end] != '\n') return true;
    }
    return false;
}

/// True if text is this boundary line alone, with whatever blanks stand around it.
bool is_boundary(std::string_view text, const std::string& boundary) {
    const auto begin = text.find_first_not_of(" \t\r\n");
    if (begin == text.npos) return false;
    return text.substr(begin, text.find_last_not_of(" \t\r\n") + 1 - begin) == "--" + boundary;
}

/// MultipartReader is the structure of an entity beside its octets.
class MultipartReader {
public:
    explicit MultipartReader(const Entity& entity)
        : entity_{entity}, structure_{entity.header, entity.body} {}

    /// The root's nth child, or null.
    const MimePart* child(int n) const {
        const MimePart* part = structure_.part(structure_.root().first_child);
        for (; part && n > 0; --n) part = structure_.part(part->next_sibling);
        return part;
    }

    std::string_view octets(const MimePart& part) const {
        return slice(part.header_offset, part.header_size + part.body_size);
    }

    /// What stands between the beginning of a part and the boundary line before the next. A part's
    /// own size says it not always: to Dovecot, the line end behind the last boundary line of a
    /// multipart within is that line's.
    std::string_view octets_before(const MimePart& part, const MimePart& next) const {
        const std::size_t start = part.header_offset - entity_.header.size();
        std::string_view octets =
            entity_.body.substr(0, next.header_offset - entity_.header.size());
        octets.remove_suffix(1);  // the boundary line's own end
        octets = octets.substr(0, octets.rfind('\n') + 1);
        if (octets.size() <= start) return {};
        octets.remove_suffix(octets.ends_with("\r\n") ? 2 : 1);
        return octets.substr(std::min(start, octets.size()));
    }

    bool has_like_boundary(const std::string& boundary) const {
        for (const MimePart& part : structure_.parts()) {
            if (&part == &structure_.root() || part.kind != MimePart::Kind::multipart) continue;
            const auto other = boundary_of(slice(part.header_offset, part.header_size));
            if (other && (other->starts_with(boundary) || boundary.starts_with(*other)))
                return true;
        }
        return false;
    }

private:
    std::string_view slice(std::size_t offset, std::size_t size) const {
        return entity_.body.substr(offset - entity_.header.size(), size);
    }

    const Entity& entity_;
    MimeStructure structure_;
};

}  // namespace

Result<std::optional<MultipartSigned>> read_multipart_signed(const Entity& entity) {
    using Parts = std::optional<MultipartSigned>;
    const MultipartReader parts{entity};
    const MimePart* first = parts.child(0);
    const MimePart* second = parts.child(1);
    const auto type = read_content_fields(entity.header).type;
    const bool names_protocol = type && decoded_parameter(type->parameters, "protocol");
    const Entity signature = Entity::read(second ? parts.octets(*second) : std::string_view{});
    const bool is_signature = signature.kind == Entity::Kind::pkcs7_signature;
    const bool two = second && !parts.child(2);
    if (!names_protocol && !(two && is_signature)) return Parts{};

    const auto boundary = boundary_of(entity.header);
    // A multipart has no encoding of its own (RFC 2045, 6.4): some undo it all the same.
    if (entity.ambiguous_layer || entity.transfer_encoding != TransferEncoding::identity)
        return Error::ambiguous_mime;
    if (!boundary || boundary->empty() || boundary->size() > longest_boundary)
        return Error::malformed;
    if (has_doubtful_boundary(entity.header, *boundary)) return Error::ambiguous_mime;
    if (parts.has_like_boundary(*boundary) || has_doubtful_line(entity.body, *boundary))
        return Error::ambiguous_mime;
    if (!two) return Error::malformed;
    // Gateways call the signature octet-stream, and keep its name.
    if (!is_signature && signature.kind != Entity::Kind::p7m_file) return Error::malformed;
    if (signature.ambiguous_layer) return Error::ambiguous_mime;
    const auto content = parts.octets_before(*first, *second);
    const auto last = parts.octets(*second);
    const auto before = static_cast<std::size_t>(content.data() - entity.body.data());
    const auto end = static_cast<std::size_t>(last.data() - entity.body.data()) + last.size();
    const bool is_all = is_boundary(entity.body.substr(0, before), *boundary) &&
                        is_boundary(entity.body.substr(end), *boundary + "--");
    return Parts{MultipartSigned{content, signature, !is_all}};
}

}  // namespace smime
