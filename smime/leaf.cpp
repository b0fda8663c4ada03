#include "smime/leaf.hpp"

#include <string>
#include <vector>

#include "smime/base64.hpp"
#include "smime/view_writer.hpp"

namespace smime {

namespace {

/// What a part is by where it stands, and what that makes of its children.
struct Place {
    bool is_signed = false;
    bool is_main = true;
    bool signs = false;         ///< it is multipart/signed
    bool alternatives = false;  ///< it is multipart/alternative
    bool parts = false;         ///< it is a multipart
};

Place place_of(const ViewWriter& writer, const MimePart& part, const std::vector<Place>& places) {
    Place place;
    if (const MimePart* parent = writer.structure().part(part.parent)) {
        const Place& above = places[part.parent];
        place.is_signed = above.is_signed || above.signs;
        const bool is_first = writer.structure().part(parent->first_child) == &part;
        place.is_main = above.is_main && above.parts && (above.alternatives || is_first);
    }
    if (part.kind != MimePart::Kind::multipart) return place;
    place.parts = true;
    const auto fields = read_content_fields(writer.header(part));
    place.signs = fields.type && fields.type->is("multipart", "signed");
    place.alternatives = fields.type && fields.type->is("multipart", "alternative");
    return place;
}

/// The fields of a leaf whose body is going to be base64.
std::string fields_for_base64(const MimePart& part, std::string_view header) {
    std::string fields;
    HeaderScanner scanner{header};
    while (const auto field = scanner.next())
        if (!field->is("Content-Transfer-Encoding")) fields += field->octets;
    if (!part.is_mime) fields += "MIME-Version: 1.0\r\n";
    return fields + "Content-Transfer-Encoding: base64\r\n";
}

}  // namespace

NewBody decoded_body(const Leaf& leaf) {
    const auto encoding = read_content_fields(leaf.header).transfer_encoding.value_or("7bit");
    if (same_name(encoding, "base64")) return NewBody{decode_base64(leaf.body).octets};
    if (same_name(encoding, "quoted-printable"))
        return NewBody{decode_quoted_printable(leaf.body).octets};
    return NewBody{keystore::BytesView{reinterpret_cast<const std::uint8_t*>(leaf.body.data()),
                                       leaf.body.size()}};
}

View with_new_bodies(View view,
                     const std::function<std::optional<NewBody>(const Leaf&)>& new_body) {
    ViewWriter writer{view};
    std::vector<Place> places;  // a part comes before its children
    bool any = false;
    for (const MimePart& part : writer.structure().parts()) {
        places.push_back(place_of(writer, part, places));
        if (part.kind != MimePart::Kind::single) continue;
        const Leaf leaf{writer.header(part), writer.body(part), places.back().is_signed,
                        places.back().is_main};
        const auto body = new_body(leaf);
        if (!body) continue;
        any = true;
        if (body->is_encoded)
            writer.replace_body(part, body->octets);
        else
            writer.replace(part, fields_for_base64(part, leaf.header), body->octets);
    }
    if (!any) return view;
    return writer.take();
}

}  // namespace smime
