#pragma once

#include "smime/header.hpp"
#include "smime/view_writer.hpp"

namespace smime {

/// True for a part that another reader of mail could take for another type, or cut into other
/// parts: its Content-Type or transfer encoding stands there twice, its header has octets that not
/// everyone takes for the same, it is encoded though it has parts (RFC 2045, 6.4), no part of it
/// was found, or a line that separates its parts is not exactly as RFC 2046, 5.1.1 has it. Whoever
/// may change a message may write such to be understood in two ways.
bool is_doubtful(const ViewWriter& view, const MimePart& part);

/// True for a field that every reader takes for the same: a name of RFC 5322, 2.2, no NUL, and no
/// CR but before LF.
bool is_unambiguous(const HeaderField& field);

}  // namespace smime
