#pragma once

#include <optional>
#include <string_view>

#include "smime/entity.hpp"

namespace smime {

/// MultipartSigned is the two parts of multipart/signed (RFC 1847, 2.1), as views into the octets
/// of the entity that they were read from.
struct MultipartSigned {
    /// The first part with its header: the octets that are signed. The line end before the boundary
    /// is not among them (RFC 2046, 5.1.1).
    std::string_view content;
    Entity signature;       ///< the second
    bool has_more = false;  ///< text before the first boundary or behind the last: not signed
};

/// Reads an entity of Kind::clear_signed. An empty optional: it is no S/MIME after all (no protocol
/// named, and its second part no PKCS#7 signature; MIME-01). Error::malformed: not exactly two
/// parts (MIME-03). Error::ambiguous_mime: its boundary is not unlike every other, or a line can be
/// taken for one or not (MIME-04).
Result<std::optional<MultipartSigned>> read_multipart_signed(const Entity& entity);

}  // namespace smime
