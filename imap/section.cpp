#include "imap/section.hpp"

#include <algorithm>
#include <array>

#include "imap/characters.hpp"

namespace imap {
namespace {

struct TextName {
    std::string_view name;
    SectionText text;
};

constexpr std::array text_names{
    TextName{"HEADER", SectionText::header},
    TextName{"HEADER.FIELDS", SectionText::header_fields},
    TextName{"HEADER.FIELDS.NOT", SectionText::header_fields_not},
    TextName{"TEXT", SectionText::text},
    TextName{"MIME", SectionText::mime},
};

std::optional<SectionText> read_text(Cursor& in) {
    for (const auto& [name, text] : text_names)
        if (in.keyword(name)) return text;
    return std::nullopt;
}

bool needs_no_quotes(std::string_view name) {
    return !name.empty() && std::all_of(name.begin(), name.end(), is_astring_char);
}

void skip_spaces(Cursor& in) {
    while (in.sp()) continue;
}

///     header-list = "(" header-fld-name *(SP header-fld-name) ")"
///
/// Dovecot accepts more spaces than one between the names.
bool read_header_list(Cursor& in, SectionSpec& section) {
    Cursor ahead = in;
    skip_spaces(ahead);
    if (!ahead.special('(')) return false;
    skip_spaces(ahead);
    while (!ahead.special(')')) {
        const auto before = ahead.rest();
        auto name = ahead.astring();
        if (!name) return false;
        section.is_string.push_back(!is_astring_char(before.front()));
        section.header_list.push_back(std::move(*name));
        if (!ahead.sp() && !ahead.rest().starts_with(')')) return false;
        skip_spaces(ahead);
    }
    in = ahead;
    return true;
}

bool has_header_list(SectionText text) {
    return text == SectionText::header_fields || text == SectionText::header_fields_not;
}

}  // namespace

///     section-spec = section-msgtext / (section-part ["." section-text])
///     section-part = nz-number *("." nz-number)
///
/// Part 0, which there is none of, is read: Dovecot answers it as any other part that is not there.
std::optional<SectionSpec> read_section(Cursor& in) {
    Cursor ahead = in;
    SectionSpec section;
    if (!ahead.special('[')) return std::nullopt;
    bool expects_more = false;
    while (const auto number = ahead.number()) {
        section.part.push_back(*number);
        expects_more = ahead.special('.');
        if (!expects_more) break;
    }
    if (section.part.empty() || expects_more) {
        const auto text = read_text(ahead);
        if (text) section.text = *text;
        if (!text && expects_more) return std::nullopt;
        if (section.text == SectionText::mime && section.part.empty()) return std::nullopt;
    }
    if (has_header_list(section.text)) {
        if (!read_header_list(ahead, section)) return std::nullopt;
        skip_spaces(ahead);
    }
    if (!ahead.special(']')) return std::nullopt;
    in = ahead;
    return section;
}

///     partial = "<" number64 "." nz-number64 ">"
///
/// A length of 0 is no nz-number64; Dovecot answers it with no octets.
std::optional<Partial> read_partial(Cursor& in) {
    Cursor ahead = in;
    if (!ahead.special('<')) return std::nullopt;
    const auto offset = ahead.number64();
    if (!offset || !ahead.special('.')) return std::nullopt;
    const auto length = ahead.number64();
    if (!length || !ahead.special('>')) return std::nullopt;
    in = ahead;
    return Partial{*offset, *length};
}

void write_section(Writer& out, const SectionSpec& section) {
    out.raw("[");
    for (std::size_t i = 0; i < section.part.size(); ++i) {
        if (i > 0) out.raw(".");
        out.number(section.part[i]);
    }
    for (const auto& [name, text] : text_names) {
        if (text != section.text) continue;
        if (!section.part.empty()) out.raw(".");
        out.raw(name);
    }
    if (has_header_list(section.text)) {
        out.raw(" (");
        for (std::size_t i = 0; i < section.header_list.size(); ++i) {
            if (i > 0) out.sp();
            // As asked, for clients that compare octets.
            const auto& name = section.header_list[i];
            const bool is_string = i < section.is_string.size() && section.is_string[i];
            if (is_string || !needs_no_quotes(name))
                out.quoted_or_literal(name);
            else
                out.raw(name);
        }
        out.raw(")");
    }
    out.raw("]");
}

}  // namespace imap
