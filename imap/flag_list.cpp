#include "imap/flag_list.hpp"

#include <algorithm>

#include "imap/cursor.hpp"
#include "imap/letter_case.hpp"
#include "imap/response.hpp"

namespace imap {
namespace {

bool ends_word(char c) {
    return c == ' ' || c == '(' || c == ')' || c == '"' || c == '\r' || c == '\n';
}

/// Behind the closing quote, or the end.
std::size_t behind_quoted(std::string_view line, std::size_t at) {
    for (++at; at < line.size() && line[at] != '"'; ++at)
        if (line[at] == '\\') ++at;
    return at < line.size() ? at + 1 : line.size();
}

std::optional<FlagListPlace> list_at(std::string_view line, std::size_t open) {
    const auto close = line.find(')', open);
    if (open >= line.size() || line[open] != '(' || close == std::string_view::npos)
        return std::nullopt;
    return FlagListPlace{open, close + 1 - open};
}

}  // namespace

bool FetchFlagsReader::begin(std::string_view line) {
    lists_.clear();
    uid_.reset();
    depth_ = 0;
    const auto response = read_response(line);
    if (!response || response->kind != Response::Kind::fetch) return false;
    number_ = SequenceNumber{response->by_uid ? 0 : response->number};
    if (response->by_uid) uid_ = Uid{response->number};
    const auto open = line.find('(');
    if (open == std::string_view::npos) return false;
    read(line, open);
    return true;
}

void FetchFlagsReader::go_on(std::string_view line) {
    lists_.clear();
    read(line, 0);
}

void FetchFlagsReader::read(std::string_view line, std::size_t at) {
    std::string name;  // of the item whose value comes next
    while (at < line.size()) {
        const char c = line[at];
        if (c == '(' && depth_ == 1 && name == "FLAGS") {
            const auto list = list_at(line, at);
            if (!list) return;
            lists_.push_back(*list);
            at += list->size;
        } else if (c == '(' || c == ')') {
            depth_ += c == '(' ? 1 : -1;
            ++at;
        } else if (c == '"') {
            at = behind_quoted(line, at);
        } else if (ends_word(c)) {
            ++at;
            continue;
        } else {
            const auto begin = at;
            while (at < line.size() && !ends_word(line[at])) ++at;
            const auto word = line.substr(begin, at - begin);
            if (depth_ == 1 && name == "UID") {
                Cursor value{word};
                if (const auto uid = value.nz_number()) uid_ = Uid{*uid};
            }
            name = depth_ == 1 ? upper_case(word) : std::string{};
            continue;
        }
        name.clear();
    }
}

std::optional<FlagListPlace> find_mailbox_flags(std::string_view line) {
    Cursor in{line};
    if (!in.special('*') || !in.sp() || !in.keyword("FLAGS") || !in.sp()) return std::nullopt;
    return list_at(line, line.size() - in.rest().size());
}

std::optional<FlagListPlace> find_permanent_flags(std::string_view line) {
    const auto response = read_response(line);
    if (!response || response->code != "PERMANENTFLAGS") return std::nullopt;
    return list_at(line, static_cast<std::size_t>(response->code_arguments.data() - line.data()));
}

std::string edited_flag_list(std::string_view list,
                             const std::function<bool(std::string_view)>& keep,
                             const std::vector<std::string_view>& added) {
    std::string out = "(";
    const auto add = [&](std::string_view flag) {
        if (out.size() > 1) out += ' ';
        out += flag;
    };
    list.remove_prefix(1);
    while (!list.empty()) {
        const auto end = std::min(list.find_first_of(" )"), list.size());
        const auto flag = list.substr(0, end);
        if (!flag.empty() && keep(flag)) add(flag);
        list.remove_prefix(std::min(end + 1, list.size()));
    }
    for (const auto flag : added) add(flag);
    return out + ")";
}

}  // namespace imap
