#include "imap/search_response.hpp"

#include <algorithm>

#include "imap/cursor.hpp"
#include "imap/sequence_set.hpp"

namespace imap {
namespace {

/// More than a mailbox can hold is nothing that we unfold.
constexpr std::uint64_t most_numbers = 10'000'000;

///     "(" "MODSEQ" SP mod-sequence-value ")"
bool read_modseq(Cursor& in, SearchResponse& response) {
    if (!in.special('(') || !in.keyword("MODSEQ") || !in.sp()) return false;
    response.modseq = in.number64();
    return response.modseq && in.special(')');
}

bool add_numbers(const SequenceSet& set, std::vector<std::uint32_t>& numbers) {
    for (const auto& range : set.ranges()) {
        if (range.last == SequenceSet::star ||
            numbers.size() + (range.last - range.first) >= most_numbers)
            return false;
        for (auto number = range.first; number <= range.last; ++number) numbers.push_back(number);
    }
    return true;
}

///     esearch-response = "ESEARCH" [search-correlator] [SP "UID"] *(SP search-return-data)
std::optional<SearchResponse> read_esearch(Cursor in) {
    SearchResponse response;
    while (in.sp()) {
        if (in.rest().starts_with('(')) {
            if (!in.any_value()) return std::nullopt;
        } else if (in.keyword("UID")) {
            continue;
        } else if (in.keyword("ALL")) {
            const auto set = in.sp() ? read_sequence_set(in) : std::nullopt;
            if (!set || !add_numbers(*set, response.numbers)) return std::nullopt;
        } else if (in.keyword("MODSEQ")) {
            if (in.sp()) response.modseq = in.number64();
            if (!response.modseq) return std::nullopt;
        } else if (!in.atom() || !in.sp() || !in.any_value()) {
            return std::nullopt;
        }
    }
    if (!in.crlf()) return std::nullopt;
    return response;
}

}  // namespace

bool begins_search_response(std::string_view line) {
    Cursor in{line};
    return in.special('*') && in.sp() &&
           (in.keyword("SEARCH") || in.keyword("SORT") || in.keyword("THREAD") ||
            in.keyword("ESEARCH"));
}

///     "SEARCH" *(SP nz-number) [SP "(" "MODSEQ" SP mod-sequence-value ")"]
std::optional<SearchResponse> read_search_response(std::string_view response) {
    Cursor in{response};
    if (!in.special('*') || !in.sp()) return std::nullopt;
    if (in.keyword("ESEARCH")) return read_esearch(in);
    if (!in.keyword("SEARCH") && !in.keyword("SORT")) return std::nullopt;
    SearchResponse read;
    while (in.sp()) {
        if (in.rest().starts_with(' ') || in.rest().starts_with('\r')) continue;
        if (in.rest().starts_with('(')) {
            if (!read_modseq(in, read)) return std::nullopt;
            continue;
        }
        const auto number = in.nz_number();
        if (!number) return std::nullopt;
        read.numbers.push_back(*number);
    }
    if (!in.crlf()) return std::nullopt;
    return read;
}

///     "THREAD" [SP 1*thread-list]
///     thread-list    = "(" (thread-members / thread-nested) ")"
///     thread-members = nz-number *(SP nz-number) [SP thread-nested]
///     thread-nested  = 2*thread-list
///
/// Threads are as deep as their discussion is long: nothing here recurs.
std::optional<Threads> read_thread_response(std::string_view response) {
    Cursor in{response};
    if (!in.special('*') || !in.sp() || !in.keyword("THREAD")) return std::nullopt;
    Threads threads;
    struct List {
        std::size_t last;  // the message that its next one answers
        bool empty = true;
    };
    std::vector<List> open;
    const auto add = [&](std::uint32_t number) {
        threads.messages.push_back({number, open.back().last});
        open.back().last = threads.messages.size() - 1;
        open.back().empty = false;
    };
    while (!in.crlf()) {
        if (in.sp()) continue;
        if (in.special('(')) {
            if (!open.empty() && open.back().empty) add(0);
            const auto parent = open.empty() ? Threads::none : open.back().last;
            open.push_back({parent});
        } else if (in.special(')')) {
            if (open.empty() || open.back().empty) return std::nullopt;
            open.pop_back();
        } else {
            const auto number = in.nz_number();
            if (!number || open.empty()) return std::nullopt;
            add(*number);
        }
    }
    if (!open.empty()) return std::nullopt;
    return threads;
}

Threads Threads::only(const std::vector<bool>& keep, bool by_subject) const {
    // By message: the nearest kept one, itself or above it; and the head of its thread.
    std::vector<std::size_t> kept_at(messages.size(), none), head(messages.size());
    std::vector<std::size_t> tops(messages.size());  // by head: kept messages without a kept parent
    for (std::size_t i = 0; i < messages.size(); ++i) {
        const auto parent = messages[i].parent;
        head[i] = parent == none ? i : head[parent];
        const auto above = parent == none ? none : kept_at[parent];
        const bool kept = messages[i].number != 0 && keep[i];
        if (kept && above == none) ++tops[head[i]];
        kept_at[i] = kept ? i : above;
    }
    Threads out;
    std::vector<std::size_t> place(messages.size(), none);     // in out
    std::vector<std::size_t> new_head(messages.size(), none);  // by head: its place in out
    for (std::size_t i = 0; i < messages.size(); ++i) {
        if (kept_at[i] != i) continue;
        const auto parent = messages[i].parent;
        const auto above = parent == none ? none : kept_at[parent];
        auto& top = new_head[head[i]];
        if (above == none && top == none && tops[head[i]] > 1 && !by_subject) {
            top = out.messages.size();
            out.messages.push_back({0, none});
        }
        place[i] = out.messages.size();
        out.messages.push_back({messages[i].number, above == none ? top : place[above]});
        if (above == none && top == none) top = place[i];
    }
    return out;
}

std::string Threads::text() const {
    std::vector<std::size_t> children(messages.size());
    for (const auto& message : messages)
        if (message.parent != none) ++children[message.parent];
    std::string out = "* THREAD";
    if (!messages.empty()) out += ' ';
    std::vector<std::size_t> lists;  // the first message of each list that is open
    std::vector<std::size_t> path;   // from a thread's head to the message before
    for (std::size_t i = 0; i < messages.size(); ++i) {
        const auto parent = messages[i].parent;
        for (; !path.empty() && path.back() != parent; path.pop_back()) {
            if (lists.back() != path.back()) continue;
            out += ')';
            lists.pop_back();
        }
        const bool first = parent != none && parent + 1 == i && messages[parent].number != 0;
        if (first) out += ' ';
        if (parent == none || children[parent] > 1) {
            out += '(';
            lists.push_back(i);
        }
        if (messages[i].number != 0) out += std::to_string(messages[i].number);
        path.push_back(i);
    }
    return out.append(lists.size(), ')');
}

}  // namespace imap
