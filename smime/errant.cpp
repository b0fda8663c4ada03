#include "smime/errant.hpp"

#include <algorithm>

#include "keystore/crypto.hpp"
#include "smime/base64.hpp"
#include "smime/entity.hpp"
#include "smime/limits.hpp"
#include "smime/mime.hpp"

namespace smime {

namespace {

using keystore::BytesView;
using keystore::SecretBytes;

BytesView octets_of(std::string_view text) {
    return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

/// PartReader gives the parts of an entity in order, with their part specifiers.
class PartReader {
public:
    PartReader(std::string_view header, std::string_view body)
        : header_{header}, body_{body}, structure_{header, body} {
        for (const MimePart& part : structure_.parts()) places_.push_back(place_of(part));
    }

    const std::vector<MimePart>& parts() const { return structure_.parts(); }
    std::string specifier(const MimePart& part) const { return places_[index_of(part)].specifier; }

    std::string_view header(const MimePart& part) const {
        return slice(part.header_offset, part.header_size);
    }
    std::string_view entity(const MimePart& part) const {
        return slice(part.header_offset, part.header_size + part.body_size);
    }

private:
    struct Place {
        std::string specifier;  // empty: a multipart that is the body of a message
        std::string prefix;     // of its parts
        int children = 0;
    };

    std::size_t index_of(const MimePart& part) const {
        return static_cast<std::size_t>(&part - structure_.parts().data());
    }

    /// RFC 9051, 6.4.5: the parts of a multipart are numbered; a message's own body is its part 1,
    /// or the multipart whose parts count as the message's.
    Place place_of(const MimePart& part) {
        const bool multipart = part.kind == MimePart::Kind::multipart;
        std::string prefix;
        bool is_body = true;
        int number = 1;
        if (part.parent != MimePart::none) {
            Place& above = places_[part.parent];
            prefix = above.prefix;
            is_body = structure_.part(part.parent)->kind == MimePart::Kind::message;
            number = ++above.children;
        }
        if (is_body && multipart) return {{}, prefix};
        const std::string specifier = prefix + std::to_string(number);
        return {specifier, specifier + '.'};
    }

    /// The root's header is a piece of its own.
    std::string_view slice(std::size_t offset, std::size_t size) const {
        return offset < header_.size() ? header_.substr(offset, size)
                                       : body_.substr(offset - header_.size(), size);
    }

    std::string_view header_;
    std::string_view body_;
    MimeStructure structure_;
    std::vector<Place> places_;
};

/// Of the first layer that hides something; empty if none does.
std::string encrypting_type(const Report& report) {
    const auto layer = std::find_if(report.layers.begin(), report.layers.end(), may_encrypt);
    return layer == report.layers.end() ? std::string{} : layer->type;
}

std::string hexadecimal(BytesView octets) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    for (const auto octet : octets) {
        text += digits[octet >> 4];
        text += digits[octet & 15];
    }
    return text;
}

/// True if no reader takes a line with this boundary for another one's, nor another line for this
/// one's (MIME-04).
bool is_free(const PartReader& parts, std::string_view body, const std::string& boundary) {
    if (body.find("--" + boundary) != std::string_view::npos) return false;
    return std::none_of(parts.parts().begin(), parts.parts().end(), [&](const MimePart& part) {
        if (part.kind != MimePart::Kind::multipart) return false;
        const auto type = read_content_fields(parts.header(part)).type;
        const auto other = type ? decoded_parameter(type->parameters, "boundary") : std::nullopt;
        return other && (boundary.starts_with(*other) || other->starts_with(boundary));
    });
}

std::optional<std::string> free_boundary(std::string_view fields, std::string_view body) {
    const std::string header = std::string{fields} + "\r\n";
    const PartReader parts{header, body};
    auto digest = keystore::hash(keystore::Digest::sha256, octets_of(body));
    for (int tries = 0; tries < limits::boundaries; ++tries) {
        auto boundary = hexadecimal(BytesView{digest}.first(20));
        if (is_free(parts, body, boundary)) return boundary;
        digest = keystore::hash(keystore::Digest::sha256, digest);
    }
    return std::nullopt;
}

std::string attachment_fields(std::size_t number) {
    const auto name = "opened-errant-layer-" + std::to_string(number) + ".eml";
    return "Content-Type: application/octet-stream; name=\"" + name +
           "\"\r\nContent-Disposition: attachment; filename=\"" + name +
           "\"\r\nContent-Transfer-Encoding: base64\r\n\r\n";
}

}  // namespace

ErrantParts find_errant_parts(const Entity& entity, const Entity& innermost,
                              const std::function<Opened(std::string_view)>& open, bool attaches) {
    ErrantParts errant;
    if (!entity.has_parts) return errant;
    std::size_t looked_into = 0;
    const PartReader parts{entity.header, entity.body};
    for (const MimePart& part : parts.parts()) {
        if (part.kind != MimePart::Kind::single || part.parent == MimePart::none) continue;
        const auto kind = Entity::read(parts.header(part)).kind;
        if (kind != Entity::Kind::pkcs7_mime && kind != Entity::Kind::p7m_file) continue;
        const std::string_view octets = parts.entity(part);
        if (octets.data() == innermost.header.data()) continue;
        if (++looked_into > limits::errant_layers) break;
        Opened opened = open(octets);
        const std::string type = encrypting_type(opened.report);
        if (type.empty()) continue;
        const bool attached = attaches && opened.view && !opened.report.error;
        std::string result = "errant-layer";
        if (attached)
            result = "attached";
        else if (attaches && opened.report.error)
            result = word(*opened.report.error);
        errant.layers.push_back({parts.specifier(part), type, std::move(result)});
        if (attached) errant.opened.push_back(std::move(*opened.view));
    }
    return errant;
}

std::optional<Attached> attach(std::string_view structural_fields, std::string_view body,
                               const std::vector<View>& views) {
    const auto boundary = free_boundary(structural_fields, body);
    if (!boundary) return std::nullopt;
    Attached attached;
    attached.structural_fields =
        "Content-Type: multipart/mixed;\r\n boundary=\"" + *boundary + "\"\r\n";
    std::size_t size = body.size() + 1024;
    for (const View& view : views) size += view.size() * 3 / 2 + 1024;
    attached.body.reserve(size);
    const auto add = [&](std::string_view text) { attached.body.append(octets_of(text)); };
    const std::string line = "--" + *boundary;
    add(line + "\r\n");
    add(structural_fields);
    add("\r\n");
    add(body);
    for (std::size_t i = 0; i < views.size(); ++i) {
        add("\r\n" + line + "\r\n" + attachment_fields(i + 1));
        SecretBytes message{octets_of(views[i].header())};
        message.append(octets_of(views[i].body()));
        add(encode_base64(message.expose()));
    }
    add("\r\n" + line + "--\r\n");
    return attached;
}

}  // namespace smime
