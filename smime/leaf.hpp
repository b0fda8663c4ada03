#pragma once

#include <functional>
#include <optional>
#include <string_view>

#include "smime/mime.hpp"
#include "smime/view.hpp"

namespace smime {

/// Leaf is a part of a view that has no parts of its own.
struct Leaf {
    std::string_view header;  ///< the blank line included
    std::string_view body;    ///< in its transfer encoding
    bool is_signed = false;   ///< it stands below multipart/signed: its octets are what was signed
    bool is_main = false;     ///< it is, or may be, the message's text (RFC 9787, 7.1): of every
                              ///< multipart above the first part, or one of alternatives
};

/// What a leaf is to hold: octets, which may be a part of its own body or stand in owned.
struct NewBody {
    keystore::BytesView octets;
    keystore::SecretBytes owned;
    bool is_encoded = false;  ///< the octets are in the leaf's own transfer encoding, which stays

    explicit NewBody(keystore::BytesView in_place) : octets{in_place} {}
    explicit NewBody(keystore::SecretBytes made) : octets{}, owned{std::move(made)} {
        octets = owned.expose();
    }
};

/// The body of a leaf without its transfer encoding (RFC 2045, 6).
NewBody decoded_body(const Leaf& leaf);

/// Writes a view again with other octets in some of its leaves, in base64 whatever their transfer
/// encoding was, unless they are encoded; all else stays as it is. new_body is asked once for each
/// leaf, in order, and gives nothing for those that stay. If all stay, the view comes back
/// untouched.
View with_new_bodies(View view, const std::function<std::optional<NewBody>(const Leaf&)>& new_body);

}  // namespace smime
