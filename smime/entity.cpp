#include "smime/entity.hpp"

#include <algorithm>

#include "smime/header.hpp"
#include "smime/limits.hpp"

namespace smime {

namespace {

/// RFC 8551, 3.2.1 and 3.10.
bool ends_with_p7m(std::string_view name) {
    if (name.size() < 4) return false;
    name = name.substr(name.size() - 4);
    for (const std::string_view ending : {".p7m", ".p7s", ".p7c", ".p7z"})
        if (same_name(name, ending)) return true;
    return false;
}

bool is_pkcs7_signature(std::string_view media_type) {
    return same_name(media_type, "application/pkcs7-signature") ||
           same_name(media_type, "application/x-pkcs7-signature");
}

Entity::Kind kind_of(const ContentType& type) {
    if (type.is("application", "pkcs7-mime") || type.is("application", "x-pkcs7-mime"))
        return Entity::Kind::pkcs7_mime;
    if (type.is("application", "octet-stream") &&
        ends_with_p7m(decoded_parameter(type.parameters, "name").value_or("")))
        return Entity::Kind::p7m_file;
    if (type.is("multipart", "signed")) {
        const auto protocol = decoded_parameter(type.parameters, "protocol");
        if (!protocol || is_pkcs7_signature(*protocol)) return Entity::Kind::clear_signed;
    }
    if (is_pkcs7_signature(type.type + '/' + type.subtype)) return Entity::Kind::pkcs7_signature;
    return Entity::Kind::other;
}

TransferEncoding transfer_encoding_of(std::string_view value) {
    const auto encoding = read_transfer_encoding(value);
    if (!encoding) return TransferEncoding::unknown;
    if (same_name(*encoding, "base64")) return TransferEncoding::base64;
    if (same_name(*encoding, "quoted-printable")) return TransferEncoding::quoted_printable;
    for (const std::string_view identity : {"7bit", "8bit", "binary"})
        if (same_name(*encoding, identity)) return TransferEncoding::identity;
    return TransferEncoding::unknown;
}

/// True for a NUL, a CR without LF, or a first line that would continue whatever is put before it.
bool has_ambiguous_octets(std::string_view header) {
    if (header.starts_with(' ') || header.starts_with('\t')) return true;
    for (std::size_t i = 0; i < header.size(); ++i) {
        if (header[i] == '\0') return true;
        if (header[i] == '\r' && (i + 1 == header.size() || header[i + 1] != '\n')) return true;
    }
    return false;
}

/// True if some lines end with CRLF and some with LF alone.
bool has_mixed_line_ends(std::string_view header) {
    bool crlf = false;
    bool lf = false;
    for (auto end = header.find('\n'); end != std::string_view::npos;
         end = header.find('\n', end + 1))
        (end > 0 && header[end - 1] == '\r' ? crlf : lf) = true;
    return crlf && lf;
}

}  // namespace

Entity Entity::read(std::string_view octets) {
    Entity entity;
    HeaderScanner fields{octets};
    int types = 0;
    int encodings = 0;
    bool octet_stream = false;
    bool p7m_disposition = false;
    bool strict = true;
    std::size_t count = 0;
    while (const auto field = fields.next()) {
        ++count;
        if (field->is("Content-Type")) {
            ++types;
            const ContentType type = read_content_type(field->value);
            strict &= type.strict;
            entity.has_parts |= same_name(type.type, "multipart") || type.is("message", "rfc822");
            octet_stream |= type.is("application", "octet-stream");
            // Of several the one that is most of a layer, so that nothing ambiguous passes for
            // ordinary.
            const Kind kind = kind_of(type);
            if (entity.kind == Kind::other || kind == Kind::pkcs7_mime) entity.kind = kind;
        } else if (field->is("Content-Transfer-Encoding")) {
            ++encodings;
            entity.transfer_encoding = transfer_encoding_of(field->value);
        } else if (field->is("Content-Disposition")) {
            const auto disposition = read_content_disposition(field->value);
            p7m_disposition |=
                disposition &&
                ends_with_p7m(decoded_parameter(disposition->parameters, "filename").value_or(""));
        } else if (!is_field_name(field->name)) {
            const std::string name = lenient_name(*field);
            types += same_name(name, "Content-Type");
            encodings += same_name(name, "Content-Transfer-Encoding");
        }
    }
    if (octet_stream && p7m_disposition && entity.kind == Kind::other) entity.kind = Kind::p7m_file;
    entity.header = octets.substr(0, fields.offset());
    entity.body = octets.substr(fields.offset());
    entity.too_complex =
        count > limits::header_fields || entity.header.size() > limits::header_block;
    entity.ambiguous = types > 1 || encodings > 1 || has_ambiguous_octets(entity.header);
    entity.ambiguous_layer = entity.ambiguous || !strict || has_mixed_line_ends(entity.header);
    return entity;
}

bool is_mime_entity(std::string_view octets) {
    HeaderScanner fields{octets};
    bool structural = false;
    while (const auto field = fields.next()) {
        if (!is_field_name(field->name)) return false;
        structural |= field->is_structural();
    }
    return structural || (fields.ended_by_blank_line() && fields.offset() <= 2);
}

}  // namespace smime
