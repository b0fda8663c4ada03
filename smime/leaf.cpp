#include "smime/leaf.hpp"

#include <algorithm>
#include <vector>

#include "smime/base64.hpp"

namespace smime {

namespace {

using keystore::BytesView;
using keystore::SecretBytes;

BytesView octets_of(std::string_view text) {
    return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

/// LeafWriter writes a view's octets again, part by part. Offsets are the view's.
class LeafWriter {
public:
    explicit LeafWriter(const View& view) : view_{view}, structure_{view.header(), view.body()} {}

    /// Nothing if all leaves stay.
    std::optional<View> run(const std::function<std::optional<NewBody>(const Leaf&)>& new_body) {
        // A part comes before its children.
        std::vector<Place> places;
        for (const MimePart& part : structure_.parts()) {
            const std::string_view header = slice(part.header_offset, part.header_size);
            places.push_back(place_of(part, header, places));
            const Place& place = places.back();
            if (part.kind != MimePart::Kind::single) continue;
            const Leaf leaf{header, slice(part.body_offset, part.body_size), place.is_signed,
                            place.is_main};
            if (const auto body = new_body(leaf)) write(part, leaf, *body);
        }
        if (!any_) return std::nullopt;
        copy_until(view_.size());
        const std::size_t size = body_.size();
        return View{std::move(header_), std::move(body_), 0, size};
    }

private:
    std::string_view slice(std::size_t offset, std::size_t size) const {
        const std::size_t header = view_.header().size();
        return offset < header ? view_.header().substr(offset, size)
                               : view_.body().substr(offset - header, size);
    }

    /// What a part is by where it stands, and what that makes of its children.
    struct Place {
        bool is_signed = false;
        bool is_main = true;
        bool signs = false;         ///< it is multipart/signed
        bool alternatives = false;  ///< it is multipart/alternative
        bool parts = false;         ///< it is a multipart
    };

    Place place_of(const MimePart& part, std::string_view header,
                   const std::vector<Place>& places) const {
        Place place;
        if (const MimePart* parent = structure_.part(part.parent)) {
            const Place& above = places[part.parent];
            place.is_signed = above.is_signed || above.signs;
            const bool is_first = structure_.part(parent->first_child) == &part;
            place.is_main = above.is_main && above.parts && (above.alternatives || is_first);
        }
        if (part.kind != MimePart::Kind::multipart) return place;
        place.parts = true;
        const auto fields = read_content_fields(header);
        place.signs = fields.type && fields.type->is("multipart", "signed");
        place.alternatives = fields.type && fields.type->is("multipart", "alternative");
        return place;
    }

    void write(const MimePart& part, const Leaf& leaf, const NewBody& body) {
        if (!any_) body_.reserve(view_.body().size() + view_.body().size() / 2);
        any_ = true;
        if (body.is_encoded) {
            copy_until(part.body_offset);
            body_.append(body.octets);
        } else {
            copy_until(part.header_offset);
            write_header(part, leaf);
            write_base64(body.octets);
        }
        position_ = part.body_offset + part.body_size;
    }

    void write_header(const MimePart& part, const Leaf& leaf) {
        HeaderScanner fields{leaf.header};
        while (const auto field = fields.next())
            if (!field->is("Content-Transfer-Encoding")) write(field->octets);
        if (!part.is_mime) write("MIME-Version: 1.0\r\n");
        write("Content-Transfer-Encoding: base64\r\n\r\n");
        position_ = part.header_offset + part.header_size;
    }

    /// In pieces, so that a large part does not stand in memory once more.
    void write_base64(BytesView octets) {
        constexpr std::size_t whole_lines = 57 * 1024;
        while (!octets.empty()) {
            const auto piece = octets.first(std::min(octets.size(), whole_lines));
            write(encode_base64(piece));
            octets = octets.subspan(piece.size());
        }
    }

    void copy_until(std::size_t offset) {
        const std::size_t header = view_.header().size();
        if (position_ < header && offset > position_) {
            const std::size_t end = std::min(offset, header);
            write(slice(position_, end - position_));
            position_ = end;
        }
        if (offset > position_) write(slice(position_, offset - position_));
        position_ = std::max(position_, offset);
    }

    void write(std::string_view text) {
        if (position_ < view_.header().size())
            header_ += text;
        else
            body_.append(octets_of(text));
    }

    const View& view_;
    MimeStructure structure_;
    std::size_t position_ = 0;  // what stands before it has been written
    bool any_ = false;
    std::string header_;
    SecretBytes body_;
};

}  // namespace

NewBody decoded_body(const Leaf& leaf) {
    const auto encoding = read_content_fields(leaf.header).transfer_encoding.value_or("7bit");
    if (same_name(encoding, "base64")) return NewBody{decode_base64(leaf.body).octets};
    if (same_name(encoding, "quoted-printable"))
        return NewBody{decode_quoted_printable(leaf.body).octets};
    return NewBody{octets_of(leaf.body)};
}

View with_new_bodies(View view,
                     const std::function<std::optional<NewBody>(const Leaf&)>& new_body) {
    auto written = LeafWriter{view}.run(new_body);
    return written ? std::move(*written) : std::move(view);
}

}  // namespace smime
