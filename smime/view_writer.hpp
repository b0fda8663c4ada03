#pragma once

#include <string>
#include <string_view>

#include "smime/mime.hpp"
#include "smime/view.hpp"

namespace smime {

/// ViewWriter writes a view again with some of its parts changed, which are named in the order of
/// MimeStructure::parts(); all between them stays octet for octet.
class ViewWriter {
public:
    /// Refers to the view for its life.
    explicit ViewWriter(const View& view);

    const MimeStructure& structure() const { return structure_; }
    /// The part's header, the blank line included.
    std::string_view header(const MimePart& part) const;
    std::string_view body(const MimePart& part) const;
    /// A piece of the view, which lies all in its header or all in its body.
    std::string_view slice(std::size_t offset, std::size_t size) const;

    /// Gives the part another header. Its body follows as it is.
    void replace_header(const MimePart& part, std::string_view fields);
    /// Gives a leaf another header, and these octets in base64, which its fields must say.
    void replace(const MimePart& part, std::string_view fields, keystore::BytesView octets);

    /// Gives a leaf other octets in its own transfer encoding. Its header stays as it is.
    void replace_body(const MimePart& part, keystore::BytesView octets);

    /// The view with what was replaced. To be called once.
    View take();

private:
    void copy_until(std::size_t offset);
    void write(std::string_view text);
    void write_body(keystore::BytesView octets);

    const View& view_;
    MimeStructure structure_;
    std::size_t position_ = 0;  // what stands before it has been written
    std::string header_;
    keystore::SecretBytes body_;
};

}  // namespace smime
