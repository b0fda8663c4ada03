#include <algorithm>
#include <cstdint>
#include <limits>

#include "smime/header.hpp"
#include "smime/header_cursor.hpp"
#include "smime/limits.hpp"

namespace smime {
namespace {

using Next = HeaderCursor::Next;

/// Reads one parameter. Next::end says that the value is over, Next::malformed that the caller
/// should look for the next one behind this octet.
///
///     parameter := attribute "=" value            ; RFC 2045, 5.1
///     value := token / quoted-string
Next read_parameter(HeaderCursor& in, Parameter& parameter) {
    parameter = {};
    if (in.at_end()) return Next::end;
    if (!in.at(';')) return Next::malformed;
    in.skip_octet();
    if (in.skip_cfws() != Next::text) return Next::malformed;
    if (in.token(parameter.name) != Next::text || !in.at('=')) return Next::malformed;
    in.skip_octet();
    auto next = in.skip_cfws();
    if (next == Next::text) {
        if (in.at('"'))
            next = in.quoted_string(parameter.value);
        else if (in.at('='))
            next = in.raw_value(parameter.value);  // name==?utf-8?b?...?=
        else
            next = in.token(parameter.value);
    }
    return next == Next::malformed ? Next::malformed : Next::text;
}

/// One piece of a value that RFC 2231, section 3 cut: "name*2*=…".
struct Piece {
    std::string name;
    std::uint32_t index = 0;
    bool extended = false;  ///< the name ended with "*": %XX means an octet
    std::string value;
};

/// Reads a piece's name; nothing if it is an ordinary name after all. A name that says no index
/// keeps the one before, as Dovecot has it.
std::optional<Piece> read_piece(const Parameter& parameter, std::uint32_t& index) {
    const std::string_view name = parameter.name;
    const auto star = name.find('*');
    if (star == std::string_view::npos) return std::nullopt;
    auto rest = name.substr(star);
    if (rest.size() > 1) {
        rest.remove_prefix(1);
        index = 0;
        while (!rest.empty() && rest.front() >= '0' && rest.front() <= '9') {
            index = index * 10 + static_cast<std::uint32_t>(rest.front() - '0');
            rest.remove_prefix(1);
        }
    }
    const bool extended = rest.starts_with('*');
    if (extended) rest.remove_prefix(1);
    if (!rest.empty()) return std::nullopt;
    return Piece{std::string{name.substr(0, star)}, index, extended, parameter.value};
}

/// Joins pieces of one name, which are in the order of their indices, or gives them as they are if
/// one is missing.
void join(const Piece* begin, const Piece* end, std::vector<Parameter>& parameters) {
    std::uint32_t expected = 0;
    const bool complete =
        std::all_of(begin, end, [&](const Piece& piece) { return piece.index == expected++; });
    if (!complete) {
        for (auto piece = begin; piece != end; ++piece)
            parameters.push_back(
                {piece->name + '*' + std::to_string(piece->index) + (piece->extended ? "*" : ""),
                 piece->value});
        return;
    }
    const bool extended =
        std::any_of(begin, end, [](const Piece& piece) { return piece.extended; });
    Parameter joined{begin->name + (extended ? "*" : ""), {}};
    if (extended && !begin->extended) joined.value = "''";
    for (auto piece = begin; piece != end; ++piece)
        for (const char c : piece->value)
            if (c == '%' && extended && !piece->extended)
                joined.value += "%25";
            else
                joined.value += c;
    parameters.push_back(std::move(joined));
}

/// True if a ";" stands here with nothing behind it.
bool at_last_semicolon(HeaderCursor in) {
    if (!in.at(';')) return false;
    in.skip_octet();
    return in.skip_cfws() == Next::end;
}

/// Mailers write name beside name*, for readers that know RFC 2231 and for those that do not. Of
/// other parameters two such are two values.
std::string_view plain_name(const Parameter& parameter) {
    std::string_view name = parameter.name;
    if (name.ends_with('*') && !same_name(name, "name*")) name.remove_suffix(1);
    return name;
}

bool are_unique(const std::vector<Parameter>& parameters) {
    for (auto one = parameters.begin(); one != parameters.end(); ++one)
        if (std::any_of(parameters.begin(), one, [&](const Parameter& before) {
                return same_name(plain_name(before), plain_name(*one));
            }))
            return false;
    return true;
}

/// Reads them all. strict, if given, says whether they are what they should be.
std::vector<Parameter> read_parameters(HeaderCursor& in, bool* strict = nullptr) {
    std::vector<Parameter> parameters;
    std::vector<Piece> pieces;
    std::uint32_t index = 0;
    Parameter parameter;
    bool all_read = true;
    // What can't be read counts, too, as in Dovecot.
    for (std::size_t tries = 0; tries < limits::parameters; ++tries) {
        const bool empty = at_last_semicolon(in);
        const auto next = read_parameter(in, parameter);
        if (next == Next::end) break;
        all_read &= (next == Next::text && !parameter.name.empty()) || empty;
        if (next == Next::malformed) {
            if (in.at_end()) break;
            in.skip_octet();
        } else if (auto piece = read_piece(parameter, index)) {
            pieces.push_back(std::move(*piece));
        } else {
            parameters.push_back(std::move(parameter));
        }
    }
    std::stable_sort(pieces.begin(), pieces.end(), [](const Piece& one, const Piece& other) {
        return one.name != other.name ? one.name < other.name : one.index < other.index;
    });
    const auto* const end = pieces.data() + pieces.size();
    for (const Piece* begin = pieces.data(); begin != end;) {
        const auto* const next = std::find_if(
            begin, end, [&](const Piece& piece) { return !same_name(piece.name, begin->name); });
        join(begin, next, parameters);
        begin = next;
    }
    if (strict) *strict = all_read && in.at_end() && are_unique(parameters);
    return parameters;
}

/// Undoes %XX (RFC 2231, section 4).
std::string percent_decoded(std::string_view text) {
    const auto digit = [](char c) {
        if (c >= '0' && c <= '9') return c - '0';
        if (c >= 'a' && c <= 'f') return c - 'a' + 10;
        if (c >= 'A' && c <= 'F') return c - 'A' + 10;
        return -1;
    };
    std::string octets;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '%' && i + 2 < text.size() && digit(text[i + 1]) >= 0 &&
            digit(text[i + 2]) >= 0) {
            octets += static_cast<char>(digit(text[i + 1]) * 16 + digit(text[i + 2]));
            i += 2;
        } else {
            octets += text[i];
        }
    }
    return octets;
}

}  // namespace

bool ContentType::is(std::string_view other_type, std::string_view other_subtype) const {
    return same_name(type, other_type) && same_name(subtype, other_subtype);
}

// content := type "/" subtype *(";" parameter)      ; RFC 2045, 5.1
ContentType read_content_type(std::string_view value) {
    HeaderCursor in{value};
    ContentType content_type;
    if (in.skip_cfws() != Next::text) return {};
    if (in.token(content_type.type) != Next::text) return content_type;
    if (content_type.type.empty() || !in.at('/')) return {};
    in.skip_octet();
    if (in.skip_cfws() != Next::text) return {};
    const auto next = in.token(content_type.subtype);
    if (next == Next::malformed || content_type.subtype.empty() ||
        (next == Next::text && !in.at(';')))
        return {};
    content_type.well_formed = true;
    content_type.parameters = read_parameters(in, &content_type.strict);
    return content_type;
}

std::optional<ContentDisposition> read_content_disposition(std::string_view value) {
    HeaderCursor in{value};
    ContentDisposition disposition;
    in.skip_cfws();
    if (in.token(disposition.type) == Next::malformed) return std::nullopt;
    disposition.parameters = read_parameters(in);
    return disposition;
}

std::optional<std::string> read_transfer_encoding(std::string_view value) {
    HeaderCursor in{value};
    std::string encoding;
    in.skip_cfws();
    if (in.token(encoding) == Next::malformed || in.skip_cfws() != Next::end || encoding.empty())
        return std::nullopt;
    return encoding;
}

std::vector<std::string> read_content_language(std::string_view value) {
    HeaderCursor in{value};
    std::vector<std::string> languages;
    in.skip_cfws();
    for (std::string tag; in.atom(tag) != Next::malformed; tag.clear()) {
        languages.push_back(tag);
        if (!in.at(',')) break;
        in.skip_octet();
        in.skip_cfws();
    }
    return languages;
}

std::optional<std::string> decoded_parameter(const std::vector<Parameter>& parameters,
                                             std::string_view name) {
    for (const auto& parameter : parameters) {
        if (same_name(parameter.name, name)) return parameter.value;
        if (parameter.name.size() == name.size() + 1 && parameter.name.back() == '*' &&
            same_name(std::string_view{parameter.name}.substr(0, name.size()), name)) {
            const auto charset_end = parameter.value.find('\'');
            const auto language_end = charset_end == std::string::npos
                                          ? charset_end
                                          : parameter.value.find('\'', charset_end + 1);
            return percent_decoded(std::string_view{parameter.value}.substr(
                language_end == std::string::npos ? 0 : language_end + 1));
        }
    }
    return std::nullopt;
}

}  // namespace smime
