#include "smime/entity.hpp"

#include <algorithm>

#include "smime/header.hpp"

namespace smime {

namespace {

bool ends_with_p7m(std::string_view name) {
    return name.size() >= 4 && same_name(name.substr(name.size() - 4), ".p7m");
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
    if (type.is("multipart", "signed") &&
        is_pkcs7_signature(decoded_parameter(type.parameters, "protocol").value_or("")))
        return Entity::Kind::clear_signed;
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

/// A name that RFC 5322, 2.2 allows. Lines without colon have none.
bool is_field_name(std::string_view name) {
    return !name.empty() && std::all_of(name.begin(), name.end(),
                                        [](char c) { return c > ' ' && c < '\x7f' && c != ':'; });
}

}  // namespace

Entity Entity::read(std::string_view octets) {
    Entity entity;
    HeaderScanner fields{octets};
    int types = 0;
    int encodings = 0;
    bool octet_stream = false;
    bool p7m_disposition = false;
    while (const auto field = fields.next()) {
        if (field->is("Content-Type")) {
            ++types;
            const ContentType type = read_content_type(field->value);
            octet_stream |= type.is("application", "octet-stream");
            if (entity.kind != Kind::pkcs7_mime) entity.kind = kind_of(type);
        } else if (field->is("Content-Transfer-Encoding")) {
            ++encodings;
            entity.transfer_encoding = transfer_encoding_of(field->value);
        } else if (field->is("Content-Disposition")) {
            const auto disposition = read_content_disposition(field->value);
            p7m_disposition |=
                disposition &&
                ends_with_p7m(decoded_parameter(disposition->parameters, "filename").value_or(""));
        }
    }
    if (octet_stream && p7m_disposition && entity.kind == Kind::other) entity.kind = Kind::p7m_file;
    entity.header = octets.substr(0, fields.offset());
    entity.body = octets.substr(fields.offset());
    entity.ambiguous = types > 1 || encodings > 1 || has_ambiguous_octets(entity.header);
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
