#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "imap/command.hpp"
#include "imap/mailbox_name.hpp"
#include "imap/notify.hpp"
#include "imap/search.hpp"
#include "imap/uid_validity.hpp"

namespace {

/// A program said with other keywords is one, and names none; the pieces of a command are its
/// lines.
void check_search(std::string_view message) {
    const auto search = imap::read_search_command(message);
    if (!search) return;
    for (const bool has : {false, true}) {
        const auto program = imap::program_if(*search, [has](std::string_view) { return has; });
        const auto again = imap::read_search_command("a SEARCH " + program + "\r\n");
        if (!again || again->program != program || !again->keyword_keys.empty()) std::abort();
    }
    std::string line;
    for (const auto& piece : imap::command_pieces(message)) {
        if (!line.empty() && !line.ends_with("}\r\n")) std::abort();
        line += piece;
    }
    const auto again = imap::read_search_command(line);
    if (!again || again->keyword_keys.size() != search->keyword_keys.size()) std::abort();
}

/// The lists of items stand where they are said to stand, one behind the other.
void check_notify(std::string_view message) {
    const auto notify = imap::read_notify_command(message);
    if (!notify) return;
    std::size_t end = 0;
    for (const auto& items : notify->of_new_messages) {
        if (items.offset < end || items.offset + items.size > message.size()) std::abort();
        end = items.offset + items.size;
        imap::Cursor in{message.substr(items.offset, items.size)};
        const auto names = imap::read_message_data_item_names(in);
        if (!names || !in.at_end() || names->size() != items.names.size()) std::abort();
    }
}

}  // namespace

/// A command's items, written again, are read as the same.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view message{reinterpret_cast<const char*>(data), size};
    imap::read_command(message);
    imap::read_selected_mailbox(message);
    imap::read_enable(message);
    if (const auto mailbox = imap::read_destination_mailbox(message)) imap::mailbox_name(*mailbox);
    imap::read_rename(message);
    if (const auto qresync = imap::find_qresync(message)) {
        const auto& place = qresync->validity;
        if (imap::with_uid_validity(message, place, place.value) != message) std::abort();
        if (place.offset < qresync->offset ||
            place.offset + place.size > qresync->offset + qresync->size ||
            qresync->offset + qresync->size > message.size())
            std::abort();
    }
    check_search(message);
    check_notify(message);
    const auto fetch = imap::read_fetch_command(message);
    if (!fetch) return 0;

    std::string again = fetch->tag + (fetch->by_uid ? " UID" : "") + " FETCH " + fetch->set.text();
    for (const auto& item : fetch->items)
        again += (&item == &fetch->items.front() ? " (" : " ") + item.text;
    again += fetch->modifiers.empty() ? ")" : ") " + fetch->modifiers;
    again += "\r\n";
    const auto read = imap::read_fetch_command(again);
    if (!read || read->set.text() != fetch->set.text() || read->modifiers != fetch->modifiers ||
        read->items.size() != fetch->items.size())
        std::abort();
    for (std::size_t i = 0; i < read->items.size(); ++i) {
        const auto& a = fetch->items[i];
        const auto& b = read->items[i];
        if (a.item != b.item || a.peek != b.peek || a.section != b.section ||
            a.partial != b.partial || a.text != b.text)
            std::abort();
        imap::Writer out;
        imap::write_section(out, a.section);
        imap::Cursor in{out.octets()};
        const auto section = imap::read_section(in);
        if (!section || *section != a.section || !in.at_end()) std::abort();
    }
    return 0;
}
