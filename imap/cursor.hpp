#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace imap {

/// Cursor reads one message (lines and the literals between them, joined as they came) rule by rule
/// (RFC 9051, section 9). Each method consumes a whole rule or nothing; a copy of the cursor is the
/// backtracking. Views point into the message.
class Cursor {
public:
    explicit Cursor(std::string_view message) : rest_{message} {}

    std::string_view rest() const { return rest_; }
    bool at_end() const { return rest_.empty(); }

    bool special(char c);                    ///< exactly this octet
    bool sp();                               ///< one space
    bool crlf();                             ///< CRLF or LF, and it must end the message
    bool keyword(std::string_view word);     ///< this word in any case; an atom's end must follow
    std::optional<std::string_view> atom();  ///< 1*ATOM-CHAR
    std::optional<std::string_view> tag();   ///< 1*<ASTRING-CHAR except "+">
    std::optional<std::uint32_t> number();   ///< number, refused above 2^32-1
    std::optional<std::uint32_t> nz_number();
    std::optional<std::uint64_t> number64();    ///< refused above 2^63-1
    std::optional<std::string> quoted();        ///< without its quotes and escapes
    std::optional<std::string_view> literal();  ///< "{n}" CRLF octets, "+" and "~" allowed
    std::optional<std::string> string();        ///< quoted / literal
    std::optional<std::string> astring();
    /// nstring: an empty outer optional if none stands here, an empty inner one for NIL.
    std::optional<std::optional<std::string>> nstring();
    /// Skips one value of any shape: atom, string, literal or a parenthesised list, however nested
    /// (up to limits::nesting). Gives its octets. Between a list's values there may be no space or
    /// many, and an atom is whatever octets are nothing else: servers have flags like "a]b".
    std::optional<std::string_view> any_value();
    /// Skips on to the end of lists of which so many parentheses are open here, or to the message's
    /// end between two of their values. Gives how many are open then; nothing if something in them
    /// is no value or nests beyond limits::nesting.
    std::optional<int> rest_of_lists(int open);

private:
    bool any_scalar();
    bool skip_quoted();

    std::string_view rest_;
};

}  // namespace imap
