#include "proxy/keyword_command.hpp"

#include "imap/command.hpp"
#include "imap/cursor.hpp"
#include "imap/flag_list.hpp"
#include "imap/letter_case.hpp"
#include "proxy/keywords.hpp"

namespace proxy {
namespace {

bool is_foreign(std::string_view flag) {
    return !is_own_flag(flag);
}

bool may_name_keywords(std::string_view line) {
    return line.find('$') != std::string_view::npos;
}

}  // namespace

///     store           = "STORE" SP sequence-set [SP store-modifiers] SP store-att-flags
///     store-att-flags = (["+" / "-"] "FLAGS" [".SILENT"]) SP (flag-list / (flag *(SP flag)))
std::optional<std::string> store_without_keywords(std::string_view line) {
    if (!may_name_keywords(line)) return std::nullopt;
    const auto command = imap::read_command(line);
    if (!command) return std::nullopt;
    imap::Cursor in{command->arguments};
    const auto before_set = in.rest();
    if (!imap::read_sequence_set(in) || !in.sp()) return std::nullopt;
    const auto set = before_set.substr(0, before_set.size() - in.rest().size() - 1);
    if (in.rest().starts_with('(') && (!in.any_value() || !in.sp())) return std::nullopt;
    const auto item = in.atom();
    if (!item || !in.sp()) return std::nullopt;
    const std::string name = imap::upper_case(*item);
    auto list = in.rest();
    while (list.ends_with(' ')) list.remove_suffix(1);
    const std::string whole =
        list.starts_with('(') ? std::string{list} : '(' + std::string{list} + ')';
    const auto edited = imap::edited_flag_list(whole, is_foreign, {});
    if (edited == whole) return std::nullopt;

    const bool by_uid = command->name == "UID STORE";
    const std::string tag{command->tag};
    const bool replaces = !name.starts_with('+') && !name.starts_with('-');
    if (edited == "()" && !replaces) {
        if (name.ends_with(".SILENT")) return tag + " NOOP\r\n";
        return tag + (by_uid ? " UID FETCH " : " FETCH ") + std::string{set} + " (FLAGS)\r\n";
    }
    const auto kept = line.substr(0, static_cast<std::size_t>(list.data() - line.data()));
    return std::string{kept} + edited + "\r\n";
}

///     append         = "APPEND" SP mailbox 1*append-message
///     append-message = [SP flag-list] [SP date-time] SP literal
std::optional<std::string> append_without_keywords(std::string_view line, bool first) {
    if (!may_name_keywords(line)) return std::nullopt;
    imap::Cursor in{line};
    if (first) {
        const auto command = imap::read_command(line);
        if (!command) return std::nullopt;
        in = imap::Cursor{command->arguments};
        if (!in.astring()) return std::nullopt;
    }
    if (!in.sp() || !in.rest().starts_with('(')) return std::nullopt;
    const auto list = in.rest().substr(0, in.rest().find(')') + 1);
    if (list.empty()) return std::nullopt;
    const auto edited = imap::edited_flag_list(list, is_foreign, {});
    if (edited == list) return std::nullopt;
    const auto offset = static_cast<std::size_t>(list.data() - line.data());
    return std::string{line.substr(0, offset)} + edited +
           std::string{line.substr(offset + list.size())};
}

}  // namespace proxy
