#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "imap/numbers.hpp"
#include "imap/response.hpp"

namespace imap {

/// Where a UIDVALIDITY stands in a line or message (RFC 9051, 2.3.1.1).
struct UidValidityPlace {
    UidValidity value;
    std::size_t offset = 0;
    std::size_t size = 0;
};

/// The text with another value in that place.
std::string with_uid_validity(std::string_view text, const UidValidityPlace& place,
                              UidValidity value);

/// The one of a response code: UIDVALIDITY (RFC 9051, 7.1), APPENDUID and COPYUID (RFC 4315, 3).
/// response: what read_response() says of the line.
std::optional<UidValidityPlace> find_code_uid_validity(std::string_view line,
                                                       const Response& response);

/// A STATUS response that tells a UIDVALIDITY (RFC 9051, 7.3.4), asked for or not (LIST-STATUS,
/// NOTIFY).
struct StatusUidValidity {
    std::string mailbox;
    UidValidityPlace place;
};
/// response: the whole of it, its literals in place.
std::optional<StatusUidValidity> find_status_uid_validity(std::string_view response);

/// The QRESYNC parameter of a SELECT or EXAMINE (RFC 7162, 3.2.5).
struct QresyncParameter {
    UidValidityPlace validity;  ///< that the client knows
    std::size_t offset = 0;     ///< of "QRESYNC (…)"
    std::size_t size = 0;
};
/// command: the whole of it, its literals in place.
std::optional<QresyncParameter> find_qresync(std::string_view command);

}  // namespace imap
