#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace imap {

/// What a response's first line says, as far as the proxy acts on it (RFC 9051, section 7). Views
/// point into the line.
struct Response {
    enum class Kind {
        continuation,  ///< "+ …"
        tagged,        ///< "tag OK …", "tag NO …", "tag BAD …"
        status,        ///< "* OK …", "* NO …", "* BAD …", "* BYE …", "* PREAUTH …"
        capability,    ///< "* CAPABILITY …"
        exists,        ///< "* n EXISTS"
        expunge,       ///< "* n EXPUNGE"
        vanished,      ///< "* VANISHED …" (RFC 7162)
        fetch,         ///< "* n FETCH …", "* uid UIDFETCH …" (RFC 9586)
        other,         ///< any other untagged response
    };
    enum class Condition { none, ok, no, bad, bye, preauth };

    Kind kind = Kind::other;
    Condition condition = Condition::none;  ///< of tagged and status
    std::string_view tag;                   ///< of tagged
    std::uint32_t number = 0;               ///< of exists, expunge and fetch
    bool by_uid = false;                    ///< of fetch: UIDFETCH, number is the UID
    bool earlier = false;                   ///< of vanished: (EARLIER), no message's number changes
    std::string code;                       ///< of a response code "[NAME …]": NAME, upper case
    std::string_view code_arguments;        ///< and what stands behind it in the brackets
};

/// Reads a response's first line. Nothing if it is no response (it is forwarded).
std::optional<Response> read_response(std::string_view line);

}  // namespace imap
