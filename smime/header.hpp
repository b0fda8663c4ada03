#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace smime {

/// HeaderField is one field of a header (RFC 5322, 2.2). Its views point into the octets that it
/// was read from.
struct HeaderField {
    /// Without blanks before the colon. Empty if there is no colon; all is value then.
    std::string_view name;
    /// What follows the colon: folds in, the last line end not.
    std::string_view value;
    /// The whole field, line ends included.
    std::string_view octets;

    bool is(std::string_view other_name) const;  ///< in any case
    /// True for the fields that describe the body (RFC 9787, 1.1.1): Content-* and MIME-Version.
    bool is_structural() const;
};

/// HeaderScanner reads the fields of a header in order, in linear time. It takes what others make
/// of a header as Dovecot does: a line without colon is a field of its own, a line that begins with
/// a blank continues the one before (the first line apart), CRLF and LF both end a line.
class HeaderScanner {
public:
    explicit HeaderScanner(std::string_view octets) : octets_{octets} {}

    /// The next field, or nothing if the header ends here.
    std::optional<HeaderField> next();

    /// Octets read so far. At the header's end: its size, the blank line included.
    std::size_t offset() const { return offset_; }
    /// True if a blank line ended the header, not the end of the octets.
    bool ended_by_blank_line() const { return blank_line_; }

private:
    std::string_view octets_;
    std::size_t offset_ = 0;
    bool blank_line_ = false;
};

/// True for a name that RFC 5322, 2.2 allows. Lines without colon have none.
bool is_field_name(std::string_view name);

/// True if every line of a header is a field or continues one: a name, and the colon right behind
/// it. Many readers end the header before any other line, and take what follows for text.
bool has_plain_fields(std::string_view header);

/// A field's name as the most lenient reader could take it: what stands before the colon, be that
/// on a later line, and of it only printable ASCII. So that no fold, control, blank or octet of
/// eight bits hides a field that must not pass.
std::string lenient_name(const HeaderField& field);

/// The size of the header at the head of these octets, its blank line included.
std::size_t header_size(std::string_view octets);

/// The first field of this name, or nothing.
std::optional<HeaderField> find_field(std::string_view header, std::string_view name);

/// A field's value without its folds (RFC 5322, 2.2.3) and without blanks at both ends.
std::string unfolded(std::string_view value);

/// A field's value with each fold as one LF, and without the blanks at its head (if there are only
/// blanks in its first line, all but the first stay): what Dovecot's IMAP server works on.
std::string folded_with_lf(const HeaderField& field);

/// Parameter of Content-Type or Content-Disposition. The pieces that RFC 2231, section 3 cuts a
/// long value into are joined. A name that ends with "*" says that the value is
/// charset'language'octets with %XX in it (section 4); decoded_parameter() reads that.
struct Parameter {
    std::string name;
    std::string value;
    bool operator==(const Parameter&) const = default;
};

/// The value of a parameter of this name (in any case), RFC 2231 undone, in its own charset; or
/// nothing.
std::optional<std::string> decoded_parameter(const std::vector<Parameter>& parameters,
                                             std::string_view name);

/// ContentType is the value of a Content-Type field (RFC 2045, 5.1), read as tolerantly as Dovecot
/// reads it: names and values as written, not lower-cased.
struct ContentType {
    std::string type;
    std::string subtype;  ///< empty only if the field is malformed; type mostly is, too
    std::vector<Parameter> parameters;
    bool well_formed = false;
    /// Every parameter is what RFC 2045, 5.1 says, and stands there once. A ";" with nothing behind
    /// it and an encoded word as a value are let pass: mailers write such.
    bool strict = false;

    bool is(std::string_view type, std::string_view subtype) const;  ///< in any case
};
ContentType read_content_type(std::string_view value);

/// ContentDisposition is the value of a Content-Disposition field (RFC 2183).
struct ContentDisposition {
    std::string type;
    std::vector<Parameter> parameters;
};
std::optional<ContentDisposition> read_content_disposition(std::string_view value);

/// The value of a Content-Transfer-Encoding field, as written; nothing if it is not one token.
std::optional<std::string> read_transfer_encoding(std::string_view value);

/// The tags of a Content-Language field (RFC 3282).
std::vector<std::string> read_content_language(std::string_view value);

/// True if two names are the same but for the case of ASCII letters.
bool same_name(std::string_view one, std::string_view other);

}  // namespace smime
