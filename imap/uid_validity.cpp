#include "imap/uid_validity.hpp"

#include <utility>

#include "imap/cursor.hpp"
#include "imap/letter_case.hpp"

namespace imap {
namespace {

/// Reads the nz-number that stands at the cursor; text is what the cursor reads.
std::optional<UidValidityPlace> read_place(Cursor& in, std::string_view text) {
    const auto offset = text.size() - in.rest().size();
    const auto value = in.nz_number();
    if (!value) return std::nullopt;
    return UidValidityPlace{UidValidity{*value}, offset, text.size() - in.rest().size() - offset};
}

bool ends_word(const Cursor& in) {
    return in.at_end() || in.rest().front() == ' ' || in.rest().front() == ')';
}

}  // namespace

std::string with_uid_validity(std::string_view text, const UidValidityPlace& place,
                              UidValidity value) {
    std::string out{text.substr(0, place.offset)};
    out += std::to_string(value.value());
    out += text.substr(place.offset + place.size);
    return out;
}

///     resp-text-code =/ "UIDVALIDITY" SP nz-number / "APPENDUID" SP nz-number SP append-uid /
///                       "COPYUID" SP nz-number SP uid-set SP uid-set
std::optional<UidValidityPlace> find_code_uid_validity(std::string_view line,
                                                       const Response& response) {
    if (response.code != "UIDVALIDITY" && response.code != "APPENDUID" &&
        response.code != "COPYUID")
        return std::nullopt;
    Cursor in{response.code_arguments};
    auto place = read_place(in, response.code_arguments);
    if (!place || !ends_word(in)) return std::nullopt;
    place->offset += static_cast<std::size_t>(response.code_arguments.data() - line.data());
    return place;
}

///     mailbox-data    =/ "STATUS" SP mailbox SP "(" [status-att-list] ")"
///     status-att-list  = status-att-val *(SP status-att-val)
std::optional<StatusUidValidity> find_status_uid_validity(std::string_view response) {
    Cursor in{response};
    if (!in.special('*') || !in.sp() || !in.keyword("STATUS") || !in.sp()) return std::nullopt;
    auto mailbox = in.astring();
    if (!mailbox || !in.sp() || !in.special('(')) return std::nullopt;
    while (true) {
        while (in.sp()) continue;
        const auto name = in.atom();
        if (!name || !in.sp()) return std::nullopt;
        if (same_in_any_case(*name, "UIDVALIDITY")) {
            const auto place = read_place(in, response);
            if (!place || !ends_word(in)) return std::nullopt;
            return StatusUidValidity{std::move(*mailbox), *place};
        }
        if (!in.any_value()) return std::nullopt;
    }
}

///     select-params = SP "(" select-param *(SP select-param) ")"
///     select-param  = … / "QRESYNC" SP "(" uidvalidity SP mod-sequence-value [SP known-uids]
///                     [SP seq-match-data] ")"
std::optional<QresyncParameter> find_qresync(std::string_view command) {
    Cursor in{command};
    if (!in.tag() || !in.sp() || (!in.keyword("SELECT") && !in.keyword("EXAMINE")) || !in.sp())
        return std::nullopt;
    if (!in.astring() || !in.sp() || !in.special('(')) return std::nullopt;
    while (true) {
        while (in.sp()) continue;
        const auto offset = command.size() - in.rest().size();
        const auto name = in.atom();
        if (!name) return std::nullopt;
        if (!same_in_any_case(*name, "QRESYNC")) {
            if (in.sp() && in.rest().starts_with('(') && !in.any_value()) return std::nullopt;
            continue;
        }
        if (!in.sp()) return std::nullopt;
        Cursor parameter = in;
        if (!in.any_value() || !parameter.special('(')) return std::nullopt;
        const auto validity = read_place(parameter, command);
        if (!validity || !ends_word(parameter)) return std::nullopt;
        return QresyncParameter{*validity, offset, command.size() - in.rest().size() - offset};
    }
}

}  // namespace imap
