#pragma once

#include <string>
#include <string_view>

#include "keystore/secret.hpp"

namespace smime {

/// View is what a client sees in place of an S/MIME message (design, chapter 4): one sequence of
/// octets, header and body. The body is a part of the buffer that it was decrypted in, so that a
/// large message is not copied.
class View {
public:
    View(std::string header, keystore::SecretBytes buffer, std::size_t body_offset,
         std::size_t body_size)
        : header_{std::move(header)},
          buffer_{std::move(buffer)},
          body_offset_{body_offset},
          body_size_{body_size} {}

    /// The header's fields and the blank line that ends it, CRLF line ends.
    std::string_view header() const { return header_; }
    /// Everything behind the blank line.
    std::string_view body() const { return buffer_.expose_text().substr(body_offset_, body_size_); }
    /// Another header, with the blank line that ends it.
    void set_header(std::string header) { header_ = std::move(header); }
    std::size_t size() const { return header_.size() + body_size_; }

private:
    std::string header_;
    keystore::SecretBytes buffer_;
    std::size_t body_offset_ = 0;
    std::size_t body_size_ = 0;
};

}  // namespace smime
