#include "imap/search.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "imap/characters.hpp"
#include "imap/command.hpp"
#include "imap/letter_case.hpp"
#include "imap/limits.hpp"

namespace imap {
namespace {

/// How many values stand behind a key that is followed by values alone.
struct SearchKey {
    std::string_view name;
    int values = 0;
};

constexpr std::array search_keys = {
    // RFC 9051, 6.4.4, and RFC 3501
    SearchKey{"ALL", 0}, SearchKey{"ANSWERED", 0}, SearchKey{"DELETED", 0}, SearchKey{"DRAFT", 0},
    SearchKey{"FLAGGED", 0}, SearchKey{"NEW", 0}, SearchKey{"OLD", 0}, SearchKey{"RECENT", 0},
    SearchKey{"SEEN", 0}, SearchKey{"UNANSWERED", 0}, SearchKey{"UNDELETED", 0},
    SearchKey{"UNDRAFT", 0}, SearchKey{"UNFLAGGED", 0}, SearchKey{"UNSEEN", 0}, SearchKey{"$", 0},
    SearchKey{"BCC", 1}, SearchKey{"BEFORE", 1}, SearchKey{"BODY", 1}, SearchKey{"CC", 1},
    SearchKey{"FROM", 1}, SearchKey{"HEADER", 2}, SearchKey{"LARGER", 1}, SearchKey{"ON", 1},
    SearchKey{"SENTBEFORE", 1}, SearchKey{"SENTON", 1}, SearchKey{"SENTSINCE", 1},
    SearchKey{"SINCE", 1}, SearchKey{"SMALLER", 1}, SearchKey{"SUBJECT", 1}, SearchKey{"TEXT", 1},
    SearchKey{"TO", 1}, SearchKey{"UID", 1},
    // RFC 5032, 8514, 8474, 5466, 5257
    SearchKey{"OLDER", 1}, SearchKey{"YOUNGER", 1}, SearchKey{"SAVEDBEFORE", 1},
    SearchKey{"SAVEDON", 1}, SearchKey{"SAVEDSINCE", 1}, SearchKey{"SAVEDATESUPPORTED", 0},
    SearchKey{"EMAILID", 1}, SearchKey{"THREADID", 1}, SearchKey{"FILTER", 1},
    SearchKey{"ANNOTATION", 3},
    // Gmail
    SearchKey{"X-GM-RAW", 1}, SearchKey{"X-GM-LABELS", 1}, SearchKey{"X-GM-MSGID", 1},
    SearchKey{"X-GM-THRID", 1}};

/// Reads a program's keys and notes where KEYWORD and UNKEYWORD stand.
class ProgramReader {
public:
    ProgramReader(std::string_view message, std::vector<SearchCommand::KeywordKey>& found)
        : message_{message}, found_{found} {}

    ///     search-key *(SP search-key)
    bool keys(Cursor& in, int depth) {
        do {
            while (in.sp()) continue;
            if (!key(in, depth)) return false;
        } while (goes_on(in));
        return true;
    }

private:
    /// True if another key follows. Servers take spaces before a list's end.
    static bool goes_on(Cursor in) {
        if (!in.sp()) return false;
        while (in.sp()) continue;
        return in.rest().find_first_of(")\r\n") != 0;
    }

    bool key(Cursor& in, int depth) {
        if (depth > limits::nesting) return false;
        const auto before = in.rest();
        if (in.special('(')) return keys_in_parentheses(in, depth + 1);
        if (read_sequence_set(in)) return true;
        const auto name = in.atom();
        if (!name) return false;
        const std::string upper = upper_case(*name);
        if (upper == "NOT" || upper == "FUZZY") return next_key(in, depth);
        if (upper == "OR") return next_key(in, depth) && next_key(in, depth);
        if (upper == "KEYWORD" || upper == "UNKEYWORD")
            return keyword(in, before, upper == "UNKEYWORD");
        if (upper == "MODSEQ") return modseq(in);
        const auto* known =
            std::find_if(search_keys.begin(), search_keys.end(),
                         [&](const SearchKey& candidate) { return candidate.name == upper; });
        return known != search_keys.end() && values(in, known->values);
    }

    bool keys_in_parentheses(Cursor& in, int depth) {
        if (!keys(in, depth)) return false;
        while (in.sp()) continue;
        return in.special(')');
    }

    bool next_key(Cursor& in, int depth) {
        if (!in.sp()) return false;
        while (in.sp()) continue;
        return key(in, depth + 1);
    }

    static bool values(Cursor& in, int count) {
        for (; count > 0; --count) {
            if (!in.sp()) return false;
            while (in.sp()) continue;
            if (!in.any_value()) return false;
        }
        return true;
    }

    ///     "MODSEQ" [SP entry-name SP entry-type-req] SP mod-sequence-valzer (RFC 7162, 7)
    static bool modseq(Cursor& in) {
        Cursor ahead = in;
        const bool has_entry = ahead.sp() && ahead.rest().starts_with('"');
        return values(in, has_entry ? 3 : 1);
    }

    /// The grammar has an atom here; servers take any string.
    bool keyword(Cursor& in, std::string_view before, bool negated) {
        if (!in.sp()) return false;
        while (in.sp()) continue;
        auto word = in.astring();
        if (!word) return false;
        found_.push_back({std::move(*word), negated, message_.size() - before.size(),
                          before.size() - in.rest().size()});
        return true;
    }

    std::string_view message_;
    std::vector<SearchCommand::KeywordKey>& found_;
};

std::optional<SearchCommand::Kind> kind_of(std::string_view name) {
    if (name.starts_with("UID ")) name.remove_prefix(4);
    if (name == "SEARCH") return SearchCommand::Kind::search;
    if (name == "SORT") return SearchCommand::Kind::sort;
    if (name == "THREAD") return SearchCommand::Kind::thread;
    return std::nullopt;
}

///     "RETURN" SP "(" [search-return-opt *(SP search-return-opt)] ")" SP
bool read_result_options(Cursor& in, SearchCommand& command) {
    Cursor ahead = in;
    if (!ahead.keyword("RETURN")) return true;
    if (!ahead.sp() || !ahead.special('(')) return false;
    command.result_options.emplace();
    while (true) {
        while (ahead.sp()) continue;
        if (ahead.special(')')) break;
        const auto option = ahead.any_value();
        if (!option) return false;
        command.result_options->push_back(upper_case(*option));
    }
    if (!ahead.sp()) return false;
    while (ahead.sp()) continue;
    in = ahead;
    return true;
}

/// A value and the space behind it.
std::optional<std::string> read_value(Cursor& in) {
    const auto value = in.any_value();
    if (!value || !in.sp()) return std::nullopt;
    while (in.sp()) continue;
    return std::string{*value};
}

///     search: ["CHARSET" SP charset SP]
///     sort:   "(" sort-key *(SP sort-key) ")" SP charset SP
///     thread: algorithm SP charset SP
bool read_order_and_charset(Cursor& in, SearchCommand& command) {
    if (command.kind == SearchCommand::Kind::search) {
        Cursor ahead = in;
        if (!ahead.keyword("CHARSET") || !ahead.sp()) return true;
        in = ahead;
    } else {
        auto order = read_value(in);
        if (!order) return false;
        command.order = std::move(*order);
    }
    auto charset = read_value(in);
    if (!charset) return false;
    command.charset = std::move(*charset);
    return true;
}

bool can_be_quoted(std::string_view octets) {
    return std::all_of(octets.begin(), octets.end(), [](char c) { return c >= ' ' && c < 0x7f; });
}

std::string quoted(std::string_view octets) {
    std::string out = "\"";
    for (const char c : octets) {
        if (c == '"' || c == '\\') out += '\\';
        out += c;
    }
    return out + '"';
}

}  // namespace

///     search = "SEARCH" [search-return-opts] SP search-program
std::optional<SearchCommand> read_search_command(std::string_view message) {
    const auto line = message.substr(0, std::min(message.find('\n'), message.size()));
    const auto head = read_command(line);
    const auto kind = head ? kind_of(head->name) : std::nullopt;
    if (!kind) return std::nullopt;
    SearchCommand command;
    command.tag = head->tag;
    command.kind = *kind;
    command.by_uid = head->name.starts_with("UID ");
    Cursor in{message.substr(static_cast<std::size_t>(head->arguments.data() - message.data()))};
    if (head->arguments.empty() || !read_result_options(in, command) ||
        !read_order_and_charset(in, command))
        return std::nullopt;
    const auto program = in.rest();
    ProgramReader reader{program, command.keyword_keys};
    if (!reader.keys(in, 0)) return std::nullopt;
    command.program = program.substr(0, program.size() - in.rest().size());
    while (in.sp()) continue;
    if (!in.crlf()) return std::nullopt;
    return command;
}

std::string program_if(const SearchCommand& command,
                       const std::function<bool(std::string_view keyword)>& has) {
    const std::string_view program = command.program;
    std::string out;
    std::size_t copied = 0;
    for (const auto& key : command.keyword_keys) {
        out += program.substr(copied, key.offset - copied);
        out += has(key.keyword) != key.negated ? "ALL" : "NOT ALL";
        copied = key.offset + key.size;
    }
    return out.append(program.substr(copied));
}

std::vector<std::string> command_pieces(std::string_view command) {
    std::vector<std::string> pieces(1);
    Cursor in{command};
    while (!in.at_end()) {
        const auto before = in.rest();
        if (const auto literal = in.literal()) {
            if (can_be_quoted(*literal)) {
                pieces.back() += quoted(*literal);
            } else {
                pieces.back() += '{' + std::to_string(literal->size()) + "}\r\n";
                pieces.emplace_back(*literal);
            }
        } else if (before.starts_with('"') && in.any_value()) {
            pieces.back() += before.substr(0, before.size() - in.rest().size());
        } else {
            in = Cursor{before.substr(1)};
            pieces.back() += before.front();
        }
    }
    return pieces;
}

}  // namespace imap
