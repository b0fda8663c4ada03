#include "smime/reencoding.hpp"

#include <algorithm>
#include <cstring>
#include <optional>

#include "smime/base64.hpp"
#include "smime/limits.hpp"
#include "smime/mime.hpp"

namespace smime {

namespace {

using keystore::SecretBytes;

keystore::BytesView octets_of(std::string_view text) {
    return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

bool has_nul(std::string_view text) {
    return !text.empty() && std::memchr(text.data(), 0, text.size()) != nullptr;
}

bool has_long_line(std::string_view text) {
    while (text.size() > limits::line) {
        const auto newline = text.substr(0, limits::line + 2).find('\n');
        if (newline == std::string_view::npos) return true;
        if (newline > limits::line && text[newline - 1] != '\r') return true;
        text.remove_prefix(newline + 1);
    }
    return false;
}

/// Reencoding writes a view's octets again, part by part. Offsets are the view's.
class Reencoding {
public:
    explicit Reencoding(const View& view) : view_{view}, structure_{view.header(), view.body()} {
        body_.reserve(view.body().size() + view.body().size() / 2);
    }

    View run() {
        for (const MimePart& part : structure_.parts())
            if (part.kind == MimePart::Kind::single && must_change(part)) write_leaf(part);
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

    bool must_change(const MimePart& part) const {
        const std::string_view body = slice(part.body_offset, part.body_size);
        return has_nul(body) || (has_long_line(body) && !is_signed(part));
    }

    /// True if the part stands below multipart/signed.
    bool is_signed(const MimePart& part) const {
        for (const MimePart* above = structure_.part(part.parent); above;
             above = structure_.part(above->parent)) {
            const auto fields =
                read_content_fields(slice(above->header_offset, above->header_size));
            if (fields.type && fields.type->is("multipart", "signed")) return true;
        }
        return false;
    }

    void write_leaf(const MimePart& part) {
        copy_until(part.header_offset);
        const std::string_view header = slice(part.header_offset, part.header_size);
        HeaderScanner fields{header};
        while (const auto field = fields.next())
            if (!field->is("Content-Transfer-Encoding")) write(field->octets);
        if (!part.is_mime) write("MIME-Version: 1.0\r\n");
        write("Content-Transfer-Encoding: base64\r\n\r\n");
        position_ = part.header_offset + part.header_size;

        const std::string_view body = slice(part.body_offset, part.body_size);
        const std::string encoding = read_content_fields(header).transfer_encoding.value_or("7bit");
        if (same_name(encoding, "base64"))
            write_base64(decode_base64(body).octets.expose());
        else if (same_name(encoding, "quoted-printable"))
            write_base64(decode_quoted_printable(body).octets.expose());
        else
            write_base64(octets_of(body));
        position_ = part.body_offset + part.body_size;
    }

    /// In pieces, so that a large part does not stand in memory once more.
    void write_base64(keystore::BytesView octets) {
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
    std::string header_;
    SecretBytes body_;
};

}  // namespace

Result<View> in_literal_form(View view) {
    if (!has_nul(view.body()) && !has_long_line(view.body())) return view;
    View written = Reencoding{view}.run();
    if (has_nul(written.header()) || has_nul(written.body())) return Error::ambiguous_mime;
    return written;
}

}  // namespace smime
