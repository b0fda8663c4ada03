#include "smime/view_writer.hpp"

#include <algorithm>

#include "smime/base64.hpp"

namespace smime {

namespace {

using keystore::BytesView;

BytesView octets_of(std::string_view text) {
    return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

}  // namespace

ViewWriter::ViewWriter(const View& view) : view_{view}, structure_{view.header(), view.body()} {}

std::string_view ViewWriter::header(const MimePart& part) const {
    return slice(part.header_offset, part.header_size);
}

std::string_view ViewWriter::body(const MimePart& part) const {
    return slice(part.body_offset, part.body_size);
}

std::string_view ViewWriter::slice(std::size_t offset, std::size_t size) const {
    const std::size_t header = view_.header().size();
    return offset < header ? view_.header().substr(offset, size)
                           : view_.body().substr(offset - header, size);
}

void ViewWriter::replace_header(const MimePart& part, std::string_view fields) {
    copy_until(part.header_offset);
    write(fields);
    write("\r\n");
    position_ = part.header_offset + part.header_size;
}

void ViewWriter::replace(const MimePart& part, std::string_view fields, BytesView octets) {
    // In pieces, so that a large part does not stand in memory once more.
    constexpr std::size_t whole_lines = 57 * 1024;
    replace_header(part, fields);
    while (!octets.empty()) {
        const auto piece = octets.first(std::min(octets.size(), whole_lines));
        write(encode_base64(piece));
        octets = octets.subspan(piece.size());
    }
    position_ = part.body_offset + part.body_size;
}

void ViewWriter::replace_body(const MimePart& part, BytesView octets) {
    copy_until(part.body_offset);
    write_body(octets);
    position_ = part.body_offset + part.body_size;
}

View ViewWriter::take() {
    copy_until(view_.size());
    const std::size_t size = body_.size();
    return View{std::move(header_), std::move(body_), 0, size};
}

void ViewWriter::copy_until(std::size_t offset) {
    const std::size_t header = view_.header().size();
    if (position_ < header && offset > position_) {
        const std::size_t end = std::min(offset, header);
        write(slice(position_, end - position_));
        position_ = end;
    }
    if (offset > position_) write(slice(position_, offset - position_));
    position_ = std::max(position_, offset);
}

void ViewWriter::write(std::string_view text) {
    if (position_ < view_.header().size())
        header_ += text;
    else
        write_body(octets_of(text));
}

void ViewWriter::write_body(BytesView octets) {
    // Base64 is a third larger, and few views are written anew that are large.
    if (body_.empty()) body_.reserve(view_.body().size() + view_.body().size() / 2);
    body_.append(octets);
}

}  // namespace smime
