#include "imap/fetch.hpp"

#include <algorithm>
#include <array>

#include "imap/characters.hpp"
#include "imap/framer.hpp"
#include "imap/letter_case.hpp"

namespace imap {
namespace {

struct ItemName {
    std::string_view name;
    DataItem item;
    bool peek;
};

/// The items without a section. Those that an ancient server may still know stand here too:
/// RFC822.TEXT.PEEK is of RFC 1730.
constexpr std::array plain_names{
    ItemName{"FLAGS", DataItem::flags, false},
    ItemName{"INTERNALDATE", DataItem::internal_date, false},
    ItemName{"UID", DataItem::uid, false},
    ItemName{"MODSEQ", DataItem::modseq, false},
    ItemName{"EMAILID", DataItem::email_id, false},
    ItemName{"ENVELOPE", DataItem::envelope, false},
    ItemName{"BODY", DataItem::body, false},
    ItemName{"BODYSTRUCTURE", DataItem::body_structure, false},
    ItemName{"RFC822", DataItem::rfc822, false},
    ItemName{"RFC822.PEEK", DataItem::rfc822, true},
    ItemName{"RFC822.HEADER", DataItem::rfc822_header, false},
    ItemName{"RFC822.TEXT", DataItem::rfc822_text, false},
    ItemName{"RFC822.TEXT.PEEK", DataItem::rfc822_text, true},
    ItemName{"RFC822.SIZE", DataItem::rfc822_size, false},
    ItemName{"PREVIEW", DataItem::preview, false},
    ItemName{"SNIPPET", DataItem::snippet, false},
};

constexpr std::array section_names{
    ItemName{"BODY", DataItem::body_section, false},
    ItemName{"BODY.PEEK", DataItem::body_section, true},
    ItemName{"BINARY", DataItem::binary, false},
    ItemName{"BINARY.PEEK", DataItem::binary, true},
    ItemName{"BINARY.SIZE", DataItem::binary_size, false},
};

template <std::size_t N>
const ItemName* find_name(const std::array<ItemName, N>& names, std::string_view name) {
    const auto found = std::find_if(names.begin(), names.end(), [&](const ItemName& known) {
        return same_in_any_case(known.name, name);
    });
    return found == names.end() ? nullptr : &*found;
}

/// The octets between two states of one cursor.
std::string_view between(const Cursor& from, const Cursor& to) {
    return from.rest().substr(0, from.rest().size() - to.rest().size());
}

/// What a name says, in a command and in a response alike.
struct NamedItem {
    DataItem item = DataItem::other;
    bool peek = false;
    SectionSpec section;
};

/// The octets of a name up to a section, a partial or its end.
std::string_view read_word(Cursor& in) {
    const auto rest = in.rest();
    const auto end = std::find_if(rest.begin(), rest.end(),
                                  [](char c) { return !is_atom_char(c) || c == '[' || c == '<'; });
    const auto word = rest.substr(0, static_cast<std::size_t>(end - rest.begin()));
    in = Cursor{rest.substr(word.size())};
    return word;
}

/// Skips "[…]" behind a name that we do not know.
bool skip_section(Cursor& in) {
    const auto rest = in.rest();
    const auto end = rest.find_first_of("]\"{\r\n");
    if (end == std::string_view::npos || rest[end] != ']') return false;
    in = Cursor{rest.substr(end + 1)};
    return true;
}

std::optional<NamedItem> read_named_item(Cursor& in) {
    Cursor ahead = in;
    NamedItem named;
    const auto word = read_word(ahead);
    if (word.empty()) return std::nullopt;
    const bool has_section = ahead.rest().starts_with('[');
    const auto* known = has_section ? find_name(section_names, word) : find_name(plain_names, word);
    if (known) {
        named.item = known->item;
        named.peek = known->peek;
    }
    if (has_section && known) {
        auto section = read_section(ahead);
        if (!section) return std::nullopt;
        named.section = std::move(*section);
    } else if (has_section && !skip_section(ahead)) {
        return std::nullopt;
    }
    in = ahead;
    return named;
}

/// "(LAZY)" behind PREVIEW (RFC 8970, 3.2), or the drafts' "(FUZZY)" and "(LAZY=FUZZY)", which are
/// answered in another form: what else stands in parentheses there belongs to the command.
void read_preview_modifiers(Cursor& in, MessageDataItemName& name) {
    Cursor ahead = in;
    if (!ahead.sp()) return;
    const auto list = ahead.any_value();
    if (!list) return;
    name.lazy = same_in_any_case(*list, "(LAZY)");
    const bool of_drafts = !name.lazy && (starts_with_in_any_case(*list, "(LAZY") ||
                                          starts_with_in_any_case(*list, "(FUZZY"));
    if (of_drafts) name.item = DataItem::snippet;
    if (name.lazy || of_drafts) in = ahead;
}

void skip_spaces(Cursor& in) {
    while (in.sp()) continue;
}

///     message-data = nz-number SP "FETCH" SP msg-att / uniqueid SP "UIDFETCH" SP msg-att
std::optional<FetchResponse> read_response_beginning(Cursor& in) {
    Cursor ahead = in;
    if (!ahead.special('*') || !ahead.sp()) return std::nullopt;
    const auto number = ahead.nz_number();
    if (!number || !ahead.sp()) return std::nullopt;
    const bool by_uid = ahead.keyword("UIDFETCH");
    if ((!by_uid && !ahead.keyword("FETCH")) || !ahead.sp() || !ahead.special('('))
        return std::nullopt;
    in = ahead;
    FetchResponse beginning;
    if (by_uid) {
        beginning.by_uid = Uid{*number};
    } else {
        beginning.number = SequenceNumber{*number};
    }
    return beginning;
}

/// An item's name and the spaces behind it: where its value begins, or the message ends.
std::optional<MessageDataItem> read_item_beginning(Cursor& in) {
    Cursor ahead = in;
    auto named = read_named_item(ahead);
    if (!named) return std::nullopt;
    MessageDataItem item;
    item.item = named->item;
    item.section = std::move(named->section);
    if (ahead.special('<')) {
        item.origin = ahead.number64();
        if (!item.origin || !ahead.special('>')) return std::nullopt;
    }
    if (!ahead.sp()) return std::nullopt;
    skip_spaces(ahead);
    in = ahead;
    return item;
}

/// "BODY[HEADER.FIELDS (" before a literal that is a header field's name.
std::optional<MessageDataItem> read_unfinished_section(Cursor& in) {
    Cursor ahead = in;
    const auto* known = find_name(section_names, read_word(ahead));
    if (!known || !ahead.special('[')) return std::nullopt;
    while (ahead.number() && ahead.special('.')) continue;
    if (!ahead.keyword("HEADER.FIELDS") && !ahead.keyword("HEADER.FIELDS.NOT")) return std::nullopt;
    skip_spaces(ahead);
    MessageDataItem item;
    item.item = known->item;
    in = ahead;
    return item;
}

///     msg-att = "(" (msg-att-dynamic / msg-att-static) *(SP (…)) ")"
/// Domino puts an ENVELOPE into parentheses of its own.
std::optional<MessageDataItem> read_message_data_item(Cursor& in) {
    Cursor ahead = in;
    const bool enclosed = ahead.special('(');
    auto item = read_item_beginning(ahead);
    if (!item) return std::nullopt;
    const auto value = ahead.any_value();
    if (!value || (enclosed && !ahead.special(')'))) return std::nullopt;
    item->value = *value;
    item->octets = between(in, ahead);
    in = ahead;
    return item;
}

std::optional<Uid> read_uid(const MessageDataItem& item) {
    Cursor value{item.value};
    const auto uid = value.nz_number();
    if (!uid || !value.at_end()) return std::nullopt;
    return Uid{*uid};
}

}  // namespace

bool depends_on_content(DataItem item) {
    switch (item) {
        case DataItem::flags:
        case DataItem::internal_date:
        case DataItem::uid:
        case DataItem::modseq:
        case DataItem::email_id:
        case DataItem::other:
            return false;
        case DataItem::envelope:
        case DataItem::body:
        case DataItem::body_structure:
        case DataItem::rfc822:
        case DataItem::rfc822_header:
        case DataItem::rfc822_text:
        case DataItem::rfc822_size:
        case DataItem::body_section:
        case DataItem::binary:
        case DataItem::binary_size:
        case DataItem::preview:
        case DataItem::snippet:
            return true;
    }
    return false;
}

bool MessageDataItemName::sets_seen() const {
    switch (item) {
        case DataItem::rfc822:
        case DataItem::rfc822_text:
        case DataItem::body_section:
        case DataItem::binary:
            return !peek;
        case DataItem::flags:
        case DataItem::internal_date:
        case DataItem::uid:
        case DataItem::modseq:
        case DataItem::email_id:
        case DataItem::envelope:
        case DataItem::body:
        case DataItem::body_structure:
        case DataItem::rfc822_header:
        case DataItem::rfc822_size:
        case DataItem::binary_size:
        case DataItem::preview:
        case DataItem::snippet:
        case DataItem::other:
            return false;
    }
    return false;
}

///     fetch-att = "ENVELOPE" / … / "BODY" [".PEEK"] section [partial]
std::optional<MessageDataItemName> read_message_data_item_name(Cursor& in) {
    Cursor ahead = in;
    auto named = read_named_item(ahead);
    if (!named) return std::nullopt;
    MessageDataItemName name;
    name.item = named->item;
    name.peek = named->peek;
    name.section = std::move(named->section);
    // BINARY.SIZE takes none, but Dovecot reads one, and answers as if there were none.
    if (name.item == DataItem::body_section || name.item == DataItem::binary ||
        name.item == DataItem::binary_size)
        name.partial = read_partial(ahead);
    if (name.item == DataItem::preview || name.item == DataItem::snippet)
        read_preview_modifiers(ahead, name);
    name.text = between(in, ahead);
    in = ahead;
    return name;
}

const MessageDataItem* FetchResponse::find(DataItem item) const {
    const auto found =
        std::find_if(items.begin(), items.end(),
                     [&](const MessageDataItem& candidate) { return candidate.item == item; });
    return found == items.end() ? nullptr : &*found;
}

std::optional<Uid> FetchResponse::uid() const {
    if (by_uid) return by_uid;
    const auto* item = find(DataItem::uid);
    return item ? read_uid(*item) : std::nullopt;
}

/// Spaces that no grammar has (before ")", say) are some servers' way; they are no reason to leave
/// a message unopened.
std::optional<FetchResponse> read_fetch_response(std::string_view response) {
    Cursor in{response};
    auto fetch = read_response_beginning(in);
    if (!fetch) return std::nullopt;
    skip_spaces(in);
    while (!in.special(')')) {
        auto item = read_message_data_item(in);
        if (!item) return std::nullopt;
        fetch->items.push_back(std::move(*item));
        skip_spaces(in);
    }
    skip_spaces(in);
    if (!in.crlf()) return std::nullopt;
    return fetch;
}

bool begins_fetch_response(std::string_view line) {
    Cursor in{line};
    return read_response_beginning(in).has_value();
}

std::optional<FetchResponseHead> FetchHeadReader::read(std::string_view response) {
    if (unreadable_) return std::nullopt;
    auto head = read_on(response);
    unreadable_ = !head;
    return head;
}

std::optional<FetchResponseHead> FetchHeadReader::read_on(std::string_view response) {
    const auto announcement = read_literal_announcement(response);
    if (!announcement) return std::nullopt;
    auto end = response.rfind('{');
    if (announcement->binary) --end;
    if (end < read_) return std::nullopt;
    Cursor in{response.substr(read_, end - read_)};
    const auto place = [&] { return end - in.rest().size(); };

    head_.literal = announcement->octets;
    if (read_ == 0) {
        const auto beginning = read_response_beginning(in);
        if (!beginning) return std::nullopt;
        head_.number = beginning->number;
        head_.uid = beginning->by_uid;
    }
    if (open_lists_ > 0) {
        const auto open = in.rest_of_lists(open_lists_);
        if (!open) return std::nullopt;
        open_lists_ = *open;
        read_ = place();
        if (open_lists_ > 0) return head_;
    }
    while (true) {
        skip_spaces(in);
        read_ = place();
        if (const auto item = read_message_data_item(in)) {
            // What follows a value without a space is no literal of the next.
            if (in.at_end()) return std::nullopt;
            if (item->item == DataItem::uid && !head_.uid) head_.uid = read_uid(*item);
            continue;
        }
        auto item = read_item_beginning(in);
        const bool is_in_section = !item;
        if (is_in_section) item = read_unfinished_section(in);
        if (!item) return std::nullopt;
        head_.announced = std::move(*item);
        head_.is_value = !is_in_section && in.at_end();
        head_.offset = read_;
        if (head_.is_value) return head_;
        const auto open = in.rest().starts_with('(') ? in.rest_of_lists(0) : std::nullopt;
        if (!open || *open == 0) return std::nullopt;
        if (is_in_section) return head_;
        open_lists_ = *open;
        read_ = place();
        return head_;
    }
}

std::optional<FetchResponseHead> read_fetch_response_head(std::string_view response) {
    return FetchHeadReader{}.read(response);
}

}  // namespace imap
