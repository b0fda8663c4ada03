#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "smime/open.hpp"

namespace proxy {

/// What a server's BODYSTRUCTURE says of a message that may open.
struct CandidateStructure {
    std::uint64_t octets = 0;  ///< of its body
    /// Nothing in it opens: its view is the message, and status fields of a known size before it.
    bool only_signed = false;
};

/// Reads the value of a BODYSTRUCTURE. Nothing if the message is no candidate (design, chapter 3;
/// RFC 8551, 3.10), or the value can't be read. It says of fewer messages that they are candidates
/// than smime::is_candidate() does, which knows only a header: of the others smime::open() changes
/// no octet. shows_signatures: clear-signed mail gets fields that say what its signature is worth
/// (smime::Settings), so that its size and header are not the server's.
std::optional<CandidateStructure> read_candidate(std::string_view body_structure,
                                                 smime::Errant errant,
                                                 bool shows_signatures = false);

}  // namespace proxy
