#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace smime {

/// HeaderCursor reads the value of a structured header field: one method for each lexical rule of
/// RFC 5322, 3.2 and RFC 2045, 5.1. It is as tolerant as Dovecot's reader, and where that goes
/// wrong it goes wrong in the same way, since what it reads must agree with what an IMAP server
/// tells. It never recurses, and never reads an octet twice but where its caller rewinds.
class HeaderCursor {
public:
    /// What stands behind a rule that was read: more text, or the end; or that it could not be
    /// read.
    enum class Next { text, end, malformed };

    explicit HeaderCursor(std::string_view value) : value_{value} {}

    bool at_end() const { return position_ == value_.size(); }
    bool at(char c) const { return !at_end() && value_[position_] == c; }
    bool at_atext() const;
    void skip_octet() { ++position_; }
    std::size_t position() const { return position_; }
    void rewind(std::size_t position) { position_ = position; }

    // Each adds what it read to the text, and skips the blanks and comments behind it.
    Next skip_cfws();
    Next atom(std::string& text);
    Next dot_atom(std::string& text);
    Next local_part(std::string& text);     ///< but for a quoted string
    Next token(std::string& text);          ///< of MIME; may be empty
    Next quoted_string(std::string& text);  ///< stands before a quote
    Next phrase(std::string& text);
    Next domain(std::string& text);     ///< stands before the "@"
    Next raw_value(std::string& text);  ///< to the next blank or ";"

    /// The text of the comment that was skipped last.
    std::string& last_comment() { return last_comment_; }

private:
    Next enclosed(char close, std::string& text);  ///< stands before what opens it
    Next atoms_and_dots(std::string& text);
    Next domain_literal(std::string& text);

    std::string_view value_;
    std::size_t position_ = 0;
    std::string last_comment_;
};

}  // namespace smime
