#include "proxy/fetch_plan.hpp"

#include <algorithm>

#include "imap/letter_case.hpp"

namespace proxy {
namespace {

using imap::DataItem;
using imap::SectionText;

enum class Reach { server, list, whole, probe, hidden };

Reach reach(const imap::MessageDataItemName& name) {
    switch (name.item) {
        case DataItem::flags:
        case DataItem::internal_date:
        case DataItem::uid:
        case DataItem::modseq:
        case DataItem::other:
            return Reach::server;
        case DataItem::envelope:
        case DataItem::body:
        case DataItem::body_structure:
        case DataItem::rfc822_header:
        case DataItem::rfc822_size:
        case DataItem::preview:
        case DataItem::email_id:
            return Reach::list;
        case DataItem::rfc822:
            return Reach::whole;
        case DataItem::rfc822_text:
        case DataItem::binary:
        case DataItem::binary_size:
            return Reach::probe;
        case DataItem::body_section:
            if (name.partial || !name.section.part.empty()) return Reach::probe;
            switch (name.section.text) {
                case SectionText::none:
                    return Reach::whole;
                case SectionText::header:
                case SectionText::header_fields:
                case SectionText::header_fields_not:
                    return Reach::list;
                case SectionText::text:
                case SectionText::mime:
                    return Reach::probe;
            }
            return Reach::probe;
        case DataItem::snippet:
            return Reach::hidden;
    }
    return Reach::server;
}

bool is_header(const imap::MessageDataItemName& name) {
    return name.item == DataItem::rfc822_header ||
           (name.item == DataItem::body_section && name.section.text != SectionText::none);
}

/// A string that was a literal, quoted: our commands are one line. A line end is in no header
/// field's name.
std::string quoted(std::string_view octets) {
    std::string out = "\"";
    for (const char c : octets) {
        if (c == '"' || c == '\\') out += '\\';
        out += c == '\r' || c == '\n' || c == '\0' ? '?' : c;
    }
    return out + '"';
}

/// As the client wrote it, since servers key their answers by it; a literal within becomes a quoted
/// string.
std::string on_one_line(std::string_view text) {
    std::string out;
    imap::Cursor in{text};
    while (!in.at_end()) {
        const auto before = in.rest();
        if (const auto literal = in.literal()) {
            out += quoted(*literal);
        } else if (in.quoted()) {
            out += before.substr(0, before.size() - in.rest().size());
        } else {
            in = imap::Cursor{before.substr(1)};
            out += before.front();
        }
    }
    return out;
}

std::string join(const std::vector<std::string>& items) {
    std::string list = "(";
    for (const auto& item : items) {
        if (list.size() > 1) list += ' ';
        list += item;
    }
    return list + ")";
}

std::string fetch_line(std::string_view tag, bool by_uid, const std::string& set,
                       const std::string& items, const std::string& modifiers) {
    std::string line{tag};
    line += by_uid ? " UID FETCH " : " FETCH ";
    line += set + " " + items;
    if (!modifiers.empty()) line += " " + on_one_line(modifiers);
    return line + "\r\n";
}

/// Calls visit with the octets of each modifier, name and value: "CHANGEDSINCE 7", "VANISHED".
template <class Visit>
void for_each_modifier(std::string_view modifiers, Visit visit) {
    imap::Cursor in{modifiers};
    in.special('(');
    while (!in.at_end() && !in.special(')')) {
        const auto before = in.rest();
        const auto name = in.atom();
        if (!name) return;
        imap::Cursor ahead = in;
        // A value is no name of a modifier: numbers and lists.
        if (ahead.sp() && !ahead.rest().empty() &&
            std::string_view{"(-0123456789"}.find(ahead.rest().front()) != std::string_view::npos &&
            ahead.any_value())
            in = ahead;
        visit(*name, before.substr(0, before.size() - in.rest().size()));
        while (in.sp()) continue;
    }
}

bool has_modifier(const imap::FetchCommand& command, std::string_view name) {
    bool has = false;
    for_each_modifier(command.modifiers, [&](std::string_view found, std::string_view) {
        has = has || imap::same_in_any_case(found, name);
    });
    return has;
}

}  // namespace

std::string modifiers_for_some(const imap::FetchCommand& command) {
    std::string list;
    if (!has_modifier(command, "PARTIAL")) return command.modifiers;
    for_each_modifier(command.modifiers, [&](std::string_view name, std::string_view octets) {
        if (imap::same_in_any_case(name, "PARTIAL")) return;
        list += list.empty() ? "(" : " ";
        list += octets;
    });
    return list.empty() ? list : list + ")";
}

bool is_lazy(const imap::FetchCommand& command) {
    return std::all_of(command.items.begin(), command.items.end(), [](const auto& name) {
        if (name.item == DataItem::preview) return name.lazy;
        return !imap::depends_on_content(name.item) && name.item != DataItem::email_id;
    });
}

bool is_apart_from_status(const imap::FetchCommand& command) {
    const auto is_status = [](const std::string& name) {
        return imap::same_in_any_case(name, "X-Paperknife") ||
               imap::same_in_any_case(name, "X-Withheld") ||
               imap::same_in_any_case(name, "Authentication-Results");
    };
    return std::all_of(command.items.begin(), command.items.end(), [&](const auto& name) {
        switch (name.item) {
            case DataItem::envelope:
            case DataItem::body:
            case DataItem::body_structure:
            case DataItem::rfc822_size:
            case DataItem::preview:
                return true;
            case DataItem::body_section: {
                const auto& names = name.section.header_list;
                return name.section.text == SectionText::header_fields && !name.partial &&
                       name.section.part.empty() &&
                       std::none_of(names.begin(), names.end(), is_status);
            }
            default:
                return !imap::depends_on_content(name.item) && name.item != DataItem::email_id;
        }
    });
}

FetchPlan plan_fetch(const imap::FetchCommand& command) {
    bool whole = false, list = false, header = false, probe = false;
    for (const auto& name : command.items) {
        switch (reach(name)) {
            case Reach::server:
                break;
            case Reach::list:
                list = true;
                header = header || is_header(name);
                break;
            case Reach::whole:
                whole = true;
                break;
            case Reach::probe:
                probe = true;
                break;
            case Reach::hidden:
                return FetchPlan::refuse;
        }
    }
    // A header beside the whole message is a literal that could come first: then nothing tells yet
    // what the message is.
    if (probe || (whole && header)) return FetchPlan::probe;
    if (whole) return FetchPlan::whole;
    return list ? FetchPlan::list : FetchPlan::forward;
}

bool sets_seen(const imap::FetchCommand& command) {
    return std::any_of(command.items.begin(), command.items.end(),
                       [](const auto& name) { return name.sets_seen(); });
}

bool asks_for(const imap::FetchCommand& command, DataItem item) {
    return std::any_of(command.items.begin(), command.items.end(),
                       [item](const auto& name) { return name.item == item; });
}

bool asks_for_message(const imap::FetchCommand& command) {
    return std::any_of(command.items.begin(), command.items.end(),
                       [](const auto& name) { return reach(name) == Reach::whole; });
}

std::string pushed_list(const imap::FetchCommand& command, std::uint32_t mark) {
    std::vector<std::string> items;
    if (!asks_for(command, DataItem::uid)) items.push_back("UID");
    items.push_back("BODY.PEEK[TEXT]<" + std::to_string(mark) + ".1>");
    if (!asks_for_message(command)) items.push_back("BODY.PEEK[]");
    for (const auto& name : command.items) items.push_back(on_one_line(name.text));
    return join(items);
}

std::string list_command(const imap::FetchCommand& command) {
    std::vector<std::string> items;
    if (!asks_for(command, DataItem::uid)) items.push_back("UID");
    if (!asks_for(command, DataItem::body_structure)) items.push_back("BODYSTRUCTURE");
    for (const auto& name : command.items) items.push_back(on_one_line(name.text));
    return fetch_line(command.tag, command.by_uid, command.set.text(), join(items),
                      command.modifiers);
}

std::string without_vanished(std::string_view modifiers) {
    imap::Cursor in{modifiers};
    if (!in.special('(')) return std::string{modifiers};
    std::vector<std::string> kept;
    while (!in.rest().starts_with(')')) {
        if (in.sp() || in.keyword("VANISHED")) continue;
        const auto value = in.any_value();
        if (!value) return std::string{modifiers};
        kept.emplace_back(*value);
    }
    return kept.empty() ? std::string{} : join(kept);
}

std::string probe_command(const imap::FetchCommand& command, std::string_view tag) {
    return fetch_line(tag, command.by_uid, command.set.text(), "(UID BODYSTRUCTURE)",
                      command.modifiers);
}

std::string items_command(const imap::FetchCommand& command, std::string_view tag,
                          const imap::SequenceSet& set, bool with_flags) {
    std::vector<std::string> items;
    if (with_flags && !asks_for(command, DataItem::flags)) items.push_back("FLAGS");
    for (const auto& name : command.items) items.push_back(on_one_line(name.text));
    return fetch_line(tag, command.by_uid, set.text(), join(items), command.modifiers);
}

std::string candidates_command(const imap::FetchCommand& command, std::string_view tag,
                               const imap::SequenceSet& set, Body body, bool with_flags) {
    std::vector<std::string> items{"UID"};
    for (const auto& name : command.items) {
        if (!imap::depends_on_content(name.item) && name.item != DataItem::uid) {
            items.push_back(on_one_line(name.text));
        }
    }
    if (with_flags && !asks_for(command, DataItem::flags)) items.push_back("FLAGS");
    // CHANGEDSINCE implies MODSEQ in the answer (RFC 7162, 3.1.4.1); our own command has no
    // modifier.
    if (has_modifier(command, "CHANGEDSINCE") && !asks_for(command, DataItem::modseq)) {
        items.push_back("MODSEQ");
    }
    switch (body) {
        case Body::none:
            break;
        case Body::seen:
            items.push_back("BODY[HEADER.FIELDS (CONTENT-TYPE)]");
            break;
        case Body::peek:
            items.push_back("BODY.PEEK[]");
            break;
        case Body::full:
            items.push_back("BODY[]");
            break;
    }
    return fetch_line(tag, command.by_uid, set.text(), join(items), "");
}

std::vector<imap::MessageDataItemName> content_items(const imap::FetchCommand& command) {
    std::vector<imap::MessageDataItemName> items;
    for (const auto& name : command.items) {
        if (!imap::depends_on_content(name.item)) continue;
        const bool again = std::any_of(items.begin(), items.end(), [&](const auto& other) {
            return other.item == name.item && other.section == name.section &&
                   other.partial == name.partial;
        });
        if (!again) items.push_back(name);
    }
    return items;
}

}  // namespace proxy
