#include "imap/notify.hpp"

#include <utility>

#include "imap/command.hpp"
#include "imap/letter_case.hpp"

namespace imap {
namespace {

class Reader {
public:
    explicit Reader(std::string_view message) : message_{message}, in_{message} {}

    ///     notify     = "NOTIFY" SP (notify-add / notify-none)
    ///     notify-add = "SET" [SP "STATUS"] SP event-groups
    std::optional<NotifyCommand> read() {
        const auto tag = in_.tag();
        if (!tag || !in_.sp() || !in_.keyword("NOTIFY") || !in_.sp()) return std::nullopt;
        command_.tag = *tag;
        do {
            skip_spaces();
            const bool read = in_.rest().starts_with('(') ? read_group() : in_.atom().has_value();
            if (!read) return std::nullopt;
            skip_spaces();
        } while (!in_.crlf());
        return std::move(command_);
    }

private:
    ///     event-group = "(" filter-mailboxes SP events ")"
    ///     events      = ( "(" event *(SP event) ")" ) / "NONE"
    bool read_group() {
        if (!in_.special('(')) return false;
        while (!in_.special(')')) {
            skip_spaces();
            const bool read =
                in_.rest().starts_with('(') ? read_events() : in_.any_value().has_value();
            if (!read) return false;
            skip_spaces();
        }
        return true;
    }

    /// A list of mailboxes looks the same, and has no list in it.
    ///
    ///     message-event = "MessageNew" [SP "(" fetch-att *(SP fetch-att) ")"] / …
    bool read_events() {
        if (!in_.special('(')) return false;
        std::string_view event;
        while (!in_.special(')')) {
            skip_spaces();
            const bool has_items = in_.rest().starts_with('(');
            if (has_items && same_in_any_case(event, "MessageNew")) {
                if (!read_names()) return false;
            } else {
                const auto value = in_.any_value();
                if (!value) return false;
                event = *value;
            }
            skip_spaces();
        }
        return true;
    }

    bool read_names() {
        NotifyCommand::Items items;
        items.offset = message_.size() - in_.rest().size();
        auto names = read_message_data_item_names(in_);
        if (!names) return false;
        items.names = std::move(*names);
        items.size = message_.size() - in_.rest().size() - items.offset;
        command_.of_new_messages.push_back(std::move(items));
        return true;
    }

    void skip_spaces() {
        while (in_.sp()) continue;
    }

    std::string_view message_;
    Cursor in_;
    NotifyCommand command_;
};

}  // namespace

std::optional<NotifyCommand> read_notify_command(std::string_view message) {
    return Reader{message}.read();
}

}  // namespace imap
