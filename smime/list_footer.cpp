#include "smime/list_footer.hpp"

#include "smime/limits.hpp"
#include "smime/mime.hpp"

namespace smime {

namespace {

/// The root's header is a piece of its own.
std::string_view in_body(const Entity& entity, std::size_t offset, std::size_t size) {
    return entity.body.substr(offset - entity.header.size(), size);
}

bool is_mixed(const Entity& entity) {
    const auto type = read_content_fields(entity.header).type;
    return type && type->is("multipart", "mixed");
}

bool is_footer(const Entity& entity, const MimePart& part) {
    if (part.kind != MimePart::Kind::single || part.body_size > limits::list_footer) return false;
    const auto fields = read_content_fields(in_body(entity, part.header_offset, part.header_size));
    if (fields.disposition && !same_name(fields.disposition->type, "inline")) return false;
    return !fields.type || fields.type->is("text", "plain");
}

bool may_be_signed(const Entity& part) {
    return part.kind == Entity::Kind::clear_signed || part.kind == Entity::Kind::pkcs7_mime;
}

}  // namespace

std::optional<std::string_view> signed_part_above_footer(const Entity& entity) {
    if (!entity.has_parts || entity.ambiguous || !is_mixed(entity)) return std::nullopt;
    const MimeStructure structure{entity.header, entity.body};
    const MimePart* first = structure.part(structure.root().first_child);
    const MimePart* second = first ? structure.part(first->next_sibling) : nullptr;
    if (!second || structure.part(second->next_sibling) || !is_footer(entity, *second))
        return std::nullopt;
    const auto part = in_body(entity, first->header_offset, first->header_size + first->body_size);
    if (!may_be_signed(Entity::read(part))) return std::nullopt;
    return part;
}

}  // namespace smime
