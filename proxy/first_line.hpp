#pragma once

#include <string>
#include <string_view>

namespace proxy {

/// FirstLine looks at the first octets of a client: programs of other protocols find open ports,
/// too (browsers, above all), and what they say is not for the mail server (LOC-05).
class FirstLine {
public:
    /// Takes what has come. Throws ProtocolError, without a word of it in the text, if no IMAP
    /// command can begin so:
    ///
    ///     command = tag SP command-name (SP / CRLF) …    ; RFC 9051, section 9
    void look_at(std::string_view octets);

private:
    bool seen_ = false;
    std::string beginning_;
};

}  // namespace proxy
