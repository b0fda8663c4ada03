#include "imap/command.hpp"

#include <string_view>

#include "imap/letter_case.hpp"

namespace imap {
namespace {

void skip_spaces(Cursor& in) {
    while (in.sp()) continue;
}

/// Reads "tag SP command-name", and what "UID" is a prefix of (RFC 9051, 6.4.9).
std::optional<Command> read_head(Cursor& in) {
    Cursor ahead = in;
    Command command;
    const auto tag = ahead.tag();
    if (!tag || !ahead.sp()) return std::nullopt;
    const auto name = ahead.atom();
    if (!name) return std::nullopt;
    command.tag = *tag;
    command.name = upper_case(*name);
    if (command.name == "UID") {
        if (!ahead.sp()) return std::nullopt;
        const auto prefixed = ahead.atom();
        if (!prefixed) return std::nullopt;
        command.name += ' ' + upper_case(*prefixed);
    }
    in = ahead;
    return command;
}

std::vector<MessageDataItemName> read_macro(Cursor& in) {
    struct Macro {
        std::string_view name;
        std::string_view items;
    };
    static constexpr Macro macros[] = {
        {"ALL", "FLAGS INTERNALDATE RFC822.SIZE ENVELOPE"},
        {"FAST", "FLAGS INTERNALDATE RFC822.SIZE"},
        {"FULL", "FLAGS INTERNALDATE RFC822.SIZE ENVELOPE BODY"},
    };
    std::vector<MessageDataItemName> items;
    for (const auto& macro : macros) {
        if (!in.keyword(macro.name)) continue;
        Cursor expanded{macro.items};
        do {
            items.push_back(*read_message_data_item_name(expanded));
        } while (expanded.sp());
        break;
    }
    return items;
}

/// Arguments in parentheses belong to the unknown item before them: "ANNOTATION (/comment value)"
/// (RFC 5257, 4.3).
bool read_arguments_of_unknown(Cursor& in, MessageDataItemName& item) {
    if (item.item != DataItem::other || !in.rest().starts_with('(')) return false;
    const auto arguments = in.any_value();
    if (arguments) item.text.append(" ").append(*arguments);
    return arguments.has_value();
}

std::optional<std::vector<MessageDataItemName>> read_items(Cursor& in) {
    if (in.rest().starts_with('(')) return read_message_data_item_names(in);
    if (auto items = read_macro(in); !items.empty()) return items;
    auto item = read_message_data_item_name(in);
    if (!item) return std::nullopt;
    return std::vector{std::move(*item)};
}

}  // namespace

///     "(" fetch-att *(SP fetch-att) ")"
std::optional<std::vector<MessageDataItemName>> read_message_data_item_names(Cursor& in) {
    Cursor ahead = in;
    std::vector<MessageDataItemName> items;
    if (!ahead.special('(')) return std::nullopt;
    while (true) {
        skip_spaces(ahead);
        if (ahead.special(')')) break;
        if (!items.empty() && read_arguments_of_unknown(ahead, items.back())) continue;
        auto item = read_message_data_item_name(ahead);
        if (!item) return std::nullopt;
        if (!ahead.rest().starts_with(' ') && !ahead.rest().starts_with(')')) return std::nullopt;
        items.push_back(std::move(*item));
    }
    if (items.empty()) return std::nullopt;
    in = ahead;
    return items;
}

///     command = tag SP (command-any / command-auth / command-nonauth / command-select) CRLF
std::optional<Command> read_command(std::string_view line) {
    if (line.ends_with('\n')) line.remove_suffix(1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    Cursor in{line};
    auto command = read_head(in);
    if (!command) return std::nullopt;
    if (!in.at_end() && !in.sp()) return std::nullopt;
    if (command->name.ends_with("FETCH")) skip_spaces(in);
    if (in.rest().starts_with(' ')) return std::nullopt;
    command->arguments = in.rest();
    return command;
}

///     fetch = "FETCH" SP sequence-set SP ("ALL" / "FULL" / "FAST" / fetch-att /
///             "(" fetch-att *(SP fetch-att) ")") [fetch-modifiers]
///
/// Dovecot takes more spaces than one, and none before the modifiers.
std::optional<FetchCommand> read_fetch_command(std::string_view message) {
    Cursor in{message};
    const auto command = read_head(in);
    if (!command || (command->name != "FETCH" && command->name != "UID FETCH") || !in.sp())
        return std::nullopt;
    FetchCommand fetch;
    fetch.tag = command->tag;
    fetch.by_uid = command->name == "UID FETCH";
    skip_spaces(in);
    auto set = read_sequence_set(in);
    if (!set || !in.sp()) return std::nullopt;
    fetch.set = std::move(*set);
    skip_spaces(in);
    auto items = read_items(in);
    if (!items) return std::nullopt;
    fetch.items = std::move(*items);
    skip_spaces(in);
    if (in.rest().starts_with('(')) {
        const auto modifiers = in.any_value();
        if (!modifiers) return std::nullopt;
        fetch.modifiers = *modifiers;
    }
    skip_spaces(in);
    if (!in.crlf()) return std::nullopt;
    return fetch;
}

///     select = "SELECT" SP mailbox [select-params]
std::optional<std::string> read_selected_mailbox(std::string_view message) {
    Cursor in{message};
    const auto command = read_head(in);
    if (!command || (command->name != "SELECT" && command->name != "EXAMINE") || !in.sp())
        return std::nullopt;
    auto mailbox = in.astring();
    if (!mailbox || (!in.rest().starts_with(' ') && !in.crlf())) return std::nullopt;
    return mailbox;
}

///     append  = "APPEND" SP mailbox 1*append-message
///     copy    = "COPY" SP sequence-set SP mailbox          (and move, RFC 6851)
///     replace = "REPLACE" SP nz-number SP mailbox append-message          (RFC 8508)
std::optional<std::string> read_destination_mailbox(std::string_view message) {
    Cursor in{message};
    const auto command = read_head(in);
    if (!command || !in.sp()) return std::nullopt;
    auto name = std::string_view{command->name};
    if (name.starts_with("UID ")) name.remove_prefix(4);
    if (name == "COPY" || name == "MOVE" || name == "REPLACE") {
        // "$" is a set, too (RFC 9051, 6.4.4.1).
        const auto end = in.rest().find_first_of(" \r\n");
        if (end == std::string_view::npos) return std::nullopt;
        in = Cursor{in.rest().substr(end)};
        if (!in.sp()) return std::nullopt;
    } else if (name != "APPEND") {
        return std::nullopt;
    }
    auto mailbox = in.astring();
    if (!mailbox || (!in.rest().starts_with(' ') && !in.crlf())) return std::nullopt;
    return mailbox;
}

///     rename = "RENAME" SP mailbox SP mailbox
std::optional<std::pair<std::string, std::string>> read_rename(std::string_view message) {
    Cursor in{message};
    const auto command = read_head(in);
    if (!command || command->name != "RENAME" || !in.sp()) return std::nullopt;
    auto from = in.astring();
    if (!from || !in.sp()) return std::nullopt;
    auto to = in.astring();
    if (!to || !in.crlf()) return std::nullopt;
    return std::pair{std::move(*from), std::move(*to)};
}

///     enable = "ENABLE" 1*(SP capability)
std::vector<std::string> read_enable(std::string_view message) {
    Cursor in{message};
    std::vector<std::string> names;
    const auto command = read_head(in);
    if (!command || command->name != "ENABLE") return names;
    while (in.sp())
        if (const auto name = in.atom()) names.push_back(upper_case(*name));
    return names;
}

}  // namespace imap
