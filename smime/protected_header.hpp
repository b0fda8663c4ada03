#pragma once

#include <string_view>
#include <vector>

#include "smime/entity.hpp"
#include "smime/header.hpp"
#include "smime/report.hpp"

namespace smime {

/// ProtectedHeader is what the cryptographic layers protect of a message's header. Its views point
/// into the payload.
struct ProtectedHeader {
    HeaderProtection kind = HeaderProtection::none;
    /// In order; none of those that only transit may add, or that are ours.
    std::vector<HeaderField> fields;
    /// The payload's From is not the message's. It is not among the fields then: nobody vouches for
    /// it (RFC 9788, 4.4; MIME-07).
    bool from_mismatch = false;
    /// What a reader is to see: the payload, or the message that it wraps.
    Entity shown;
};

/// Reads what a payload says of the header of the message that it came in. payload is what the
/// opened layers held; root is where its content begins: the same, or the part of it that is
/// signed. RFC 9788 counts at the root only, by its parameter hp; the older way, a message/rfc822
/// (RFC 8551, 3.1; RFC 9788, 4.10), only if it is surely this message and no forwarded one: it says
/// forwarded=no, or has the same Message-ID, and the same sender. Fields of any other payload are
/// never read.
ProtectedHeader read_protected_header(const Entity& payload, const Entity& root,
                                      std::string_view outer_header);

}  // namespace smime
