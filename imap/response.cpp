#include "imap/response.hpp"

#include "imap/cursor.hpp"
#include "imap/letter_case.hpp"

namespace imap {
namespace {

using Condition = Response::Condition;
using Kind = Response::Kind;

Condition read_condition(Cursor& in) {
    if (in.keyword("OK")) return Condition::ok;
    if (in.keyword("NO")) return Condition::no;
    if (in.keyword("BAD")) return Condition::bad;
    if (in.keyword("BYE")) return Condition::bye;
    if (in.keyword("PREAUTH")) return Condition::preauth;
    return Condition::none;
}

///     resp-text      = ["[" resp-text-code "]" SP] [text]
///     resp-text-code = … / atom [SP 1*<any TEXT-CHAR except "]">]
void read_code(Cursor in, Response& response) {
    if (!in.sp() || !in.special('[')) return;
    const auto end = in.rest().find_first_of("]\r\n");
    if (end == std::string_view::npos || in.rest()[end] != ']') return;
    Cursor code{in.rest().substr(0, end)};
    const auto name = code.atom();
    if (!name || (!code.at_end() && !code.sp())) return;
    response.code = upper_case(*name);
    response.code_arguments = code.rest();
}

bool at_word_end(const Cursor& in) {
    return in.at_end() || in.rest().starts_with(' ') || in.rest().starts_with('\r') ||
           in.rest().starts_with('\n');
}

std::optional<Response> read_tagged(Cursor in) {
    Response response;
    const auto tag = in.tag();
    if (!tag || !in.sp()) return std::nullopt;
    response.kind = Kind::tagged;
    response.tag = *tag;
    response.condition = read_condition(in);
    switch (response.condition) {
        case Condition::ok:
        case Condition::no:
        case Condition::bad:
            break;
        case Condition::none:
        case Condition::bye:
        case Condition::preauth:
            return std::nullopt;
    }
    if (!at_word_end(in)) return std::nullopt;
    read_code(in, response);
    return response;
}

/// What follows "* n ".
Response read_numbered(Cursor in, std::uint32_t number) {
    Response response;
    if (in.keyword("EXISTS")) response.kind = Kind::exists;
    if (in.keyword("EXPUNGE")) response.kind = Kind::expunge;
    if (in.keyword("FETCH")) response.kind = Kind::fetch;
    if (in.keyword("UIDFETCH")) {
        response.kind = Kind::fetch;
        response.by_uid = true;
    }
    if (response.kind != Kind::other) response.number = number;
    return response;
}

}  // namespace

std::optional<Response> read_response(std::string_view line) {
    Cursor in{line};
    Response response;
    if (in.special('+')) {
        response.kind = Kind::continuation;
        return response;
    }
    if (!in.special('*')) return read_tagged(in);
    if (!in.sp()) return std::nullopt;

    Cursor numbered = in;
    const auto number = numbered.number();
    if (number && numbered.sp()) return read_numbered(numbered, *number);

    response.condition = read_condition(in);
    if (response.condition != Condition::none && at_word_end(in)) {
        response.kind = Kind::status;
        read_code(in, response);
        return response;
    }
    response.condition = Condition::none;
    if (in.keyword("CAPABILITY")) response.kind = Kind::capability;
    if (in.keyword("VANISHED")) {
        response.kind = Kind::vanished;
        response.earlier = in.sp() && in.special('(') && in.keyword("EARLIER");
    }
    return response;
}

}  // namespace imap
