#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace imap {

/// Writer is the grammar outwards. Whatever octets a string holds, what is written is one string of
/// the grammar: quoted where that can hold it, a literal else, so that no CR, LF or NUL of a mail
/// can end a line (IMAP-03). A NUL, which no literal may hold, is the caller's to keep out.
class Writer {
public:
    void raw(std::string_view octets) {
        out_ += octets;
    }  ///< octets that are already of the grammar
    void sp() { out_ += ' '; }
    void number(std::uint64_t value);
    void quoted_or_literal(std::string_view octets);  ///< string
    void literal(std::string_view octets);            ///< "{n}" CRLF octets, always
    /// A string that people read (a subject, a name), as Dovecot writes it: runs of white space
    /// become one space, there is none at either end, and a NUL becomes an octet that is no text.
    void text_for_people(std::string_view text);
    /// A string that was folded: its line ends go, and leave a space where there was none.
    void unfolded(std::string_view text);
    void nil() { out_ += "NIL"; }
    void reserve_more(std::size_t octets);

    const std::string& octets() const { return out_; }
    std::string take() { return std::move(out_); }

private:
    std::string out_;
};

}  // namespace imap
