#include "imap/capability.hpp"

#include <algorithm>

#include "imap/cursor.hpp"
#include "imap/letter_case.hpp"
#include "imap/response.hpp"

namespace imap {
namespace {

constexpr auto passed = CapabilityFate::passed;
constexpr auto rewritten = CapabilityFate::rewritten;
constexpr auto hidden = CapabilityFate::hidden;

constexpr CapabilityRow table[] = {
    // the protocol itself
    {"IMAP4rev1", rewritten, "every FETCH item of RFC 3501 is answered from the view"},
    {"IMAP4rev2", rewritten, "as IMAP4rev1; BINARY and STATUS SIZE, which it has in it, as below"},
    {"LITERAL+", passed, "the framer reads both kinds of literal"},
    {"LITERAL-", passed, "the framer reads both kinds of literal"},
    {"STARTTLS", hidden, "TLS ends at each leg; the client's leg is not the server's to secure"},
    {"LOGINDISABLED", passed, "the login is the server's"},
    {"SASL-IR", passed, "the login is the server's"},
    {"AUTH=*-PLUS", hidden, "binds the login to a TLS channel, of which there are two"},
    {"AUTH=*", passed, "the login is the server's"},
    {"LOGIN-REFERRALS", hidden, "would send the client past us (RFC 2221)"},
    {"MAILBOX-REFERRALS", hidden, "would send the client past us (RFC 2193)"},
    {"JMAPACCESS", hidden, "would send the client past us (RFC 9698)"},
    {"UNAUTHENTICATE", hidden, "a session belongs to the user who logged in (RFC 8437)"},
    {"COMPRESS=*", hidden, "ends at each leg: what the client sees of it is our own offer"},
    {"ID", passed, "says nothing of messages"},
    {"ENABLE", rewritten, "what is hidden is not enabled either"},
    {"IDLE", passed, "sends no content"},
    {"NAMESPACE", passed, "says nothing of messages"},
    {"UTF8=ACCEPT", passed, "concerns names and headers; what we write is ASCII or a literal"},
    {"UTF8=ONLY", passed, "the same, and the server refuses clients that do not enable it"},
    // mailboxes
    {"CHILDREN", passed, "says nothing of messages"},
    {"LIST-EXTENDED", passed, "says nothing of messages"},
    {"LIST-STATUS", passed, "its counts are the server's"},
    {"LIST-MYRIGHTS", passed, "says nothing of messages"},
    {"LIST-METADATA", passed, "says nothing of messages"},
    {"SPECIAL-USE", passed, "says nothing of messages"},
    {"CREATE-SPECIAL-USE", passed, "says nothing of messages"},
    {"XLIST", passed, "says nothing of messages"},
    {"STATUS=SIZE", passed, "counts what the server stores, as QUOTA does; views are mostly less"},
    {"QUOTA*", passed, "counts what the server stores, which is what it is for"},
    {"ACL", passed, "says nothing of messages"},
    {"RIGHTS=*", passed, "says nothing of messages"},
    {"METADATA", passed, "says nothing of messages"},
    {"METADATA-SERVER", passed, "says nothing of messages"},
    {"NOTIFY", rewritten, "the items of new messages are answered from the view (RFC 5465)"},
    // messages
    {"UNSELECT", passed, "says nothing of messages"},
    {"UIDPLUS", passed, "its UIDs are the server's"},
    {"MOVE", passed, "happens on the server"},
    {"MULTIAPPEND", passed, "appends pass"},
    {"APPENDLIMIT*", passed, "concerns what the server stores"},
    {"CATENATE", hidden, "copies octets by their place in the server's message (RFC 4469)"},
    {"URLAUTH*", hidden, "hands out the server's octets (RFC 4467)"},
    {"URL-PARTIAL", hidden, "a place in the server's message (RFC 5550)"},
    {"REPLACE", hidden, "an append in place of a message whose view was read (RFC 8508)"},
    {"CONDSTORE", passed, "flags and their sequence are the server's"},
    {"QRESYNC", passed, "its UIDVALIDITY is told as our own, both ways (RFC 7162)"},
    {"SAVEDATE", passed, "the server's date"},
    {"OBJECTID", rewritten,
     "an opened message has an EMAILID of its own, in SEARCH too (RFC 8474)"},
    {"X-GM-EXT-1", passed, "labels and ids; what they name is the server's message"},
    {"BINARY", rewritten, "parts of the view are decoded here (RFC 3516)"},
    {"CONVERT", hidden, "converts parts of the server's message (RFC 5259)"},
    {"PREVIEW", rewritten, "an opened message's is made of the view's text (RFC 8970)"},
    {"PREVIEW=*", hidden, "a draft of PREVIEW; the server's is one of the ciphertext"},
    {"SNIPPET*", hidden, "a draft of PREVIEW; the server's is one of the ciphertext"},
    {"ANNOTATE-EXPERIMENT-1", hidden, "annotates parts of the server's message (RFC 5257)"},
    // searching
    {"ESEARCH", passed, "another form of the same answer"},
    {"SEARCHRES", passed, "the server's result is the one that was shown"},
    {"WITHIN", passed, "searches by date"},
    {"SORT*", passed, "on encrypted mail it sees the outer message: date, sender and size of that"},
    {"ESORT", passed, "as SORT"},
    {"THREAD=*", passed, "on encrypted mail it sees the outer message's references"},
    {"I18NLEVEL=*", passed, "how the server compares"},
    {"SEARCH=FUZZY", hidden, "scores what the server can read, which is the outer message"},
    {"CONTEXT=*", hidden, "keeps searches alive that we should have to keep alive (RFC 5267)"},
    {"MULTISEARCH", hidden, "searches mailboxes that are not selected (RFC 7377)"},
    {"FILTERS", hidden, "searches by a name that only the server can resolve (RFC 5466)"},
    // large mailboxes
    {"UIDONLY", rewritten, "UIDFETCH responses are answered from the view, too (RFC 9586)"},
    {"PARTIAL", passed, "the server chooses the messages of a FETCH, once (RFC 9394)"},
    {"MESSAGELIMIT=*", passed, "the server says how far a FETCH went, once (RFC 9738)"},
    {"SAVELIMIT=*", passed, "as MESSAGELIMIT; concerns what the server does"},
    {"INPROGRESS", rewritten, "where it names a tag of ours, the client's stands (RFC 9585)"},
};

/// True if text is of the pattern, in which one "*" stands for any octets.
constexpr bool fits(std::string_view text, std::string_view pattern) {
    const auto star = pattern.find('*');
    if (star == std::string_view::npos) return same_in_any_case(text, pattern);
    const auto head = pattern.substr(0, star);
    const auto tail = pattern.substr(star + 1);
    return text.size() >= head.size() + tail.size() && starts_with_in_any_case(text, head) &&
           same_in_any_case(text.substr(text.size() - tail.size()), tail);
}

/// Calls visit with each word of a list.
template <class Visit>
void for_each_word(std::string_view list, Visit visit) {
    while (!list.empty()) {
        const auto word = list.substr(0, list.find(' '));
        if (!word.empty()) visit(word);
        list.remove_prefix(std::min(list.size(), word.size() + 1));
    }
}

/// Where the words behind CAPABILITY stand in a line, or nothing if it is no such line.
std::optional<std::string_view> capability_list(std::string_view line) {
    const auto response = read_response(line);
    if (!response) return std::nullopt;
    if (response->code == "CAPABILITY") return response->code_arguments;
    if (response->kind != Response::Kind::capability) return std::nullopt;
    constexpr std::string_view beginning = "* CAPABILITY";
    auto list = line.substr(beginning.size());
    list = list.substr(0, list.find_first_of("\r\n"));
    if (list.starts_with(' ')) list.remove_prefix(1);
    return list;
}

}  // namespace

std::span<const CapabilityRow> capability_table() {
    return table;
}

bool passes_capability(std::string_view capability) {
    const auto* row = std::find_if(
        std::begin(table), std::end(table),
        [&](const CapabilityRow& candidate) { return fits(capability, candidate.name); });
    return row != std::end(table) && row->fate != hidden;
}

std::string filter_capabilities(std::string_view list) {
    std::string filtered;
    for_each_word(list, [&](std::string_view capability) {
        if (!passes_capability(capability)) return;
        if (!filtered.empty()) filtered += ' ';
        filtered += capability;
    });
    return filtered;
}

std::string filter_capability_line(std::string_view line) {
    const auto list = capability_list(line);
    if (!list) return std::string{line};
    bool all_pass = true;
    for_each_word(*list, [&](std::string_view word) { all_pass &= passes_capability(word); });
    if (all_pass) return std::string{line};

    const auto begin = static_cast<std::size_t>(list->data() - line.data());
    std::string filtered{line.substr(0, begin)};
    filtered += filter_capabilities(*list);
    filtered += line.substr(begin + list->size());
    return filtered;
}

bool has_capability(std::string_view line, std::string_view capability) {
    const auto list = capability_list(line);
    bool found = false;
    if (!list) return false;
    for_each_word(*list, [&](auto word) { found |= same_in_any_case(word, capability); });
    return found;
}

std::string add_capability(std::string_view line, std::string_view capability) {
    std::string longer{line};
    const auto list = capability_list(line);
    if (!list || list->empty()) return longer;
    const auto end = static_cast<std::size_t>(list->data() - line.data()) + list->size();
    return longer.insert(end, " " + std::string{capability});
}

}  // namespace imap
