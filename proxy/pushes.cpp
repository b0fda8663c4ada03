#include "proxy/pushes.hpp"

#include <algorithm>
#include <utility>

#include "proxy/fetch_plan.hpp"
#include "proxy/fetch_rewriter.hpp"

namespace proxy {

using imap::DataItem;

PushedItems::PushedItems(std::vector<imap::MessageDataItemName> names, std::uint32_t mark)
    : mark_{mark} {
    command_.items = std::move(names);
}

std::string PushedItems::list() const {
    return pushed_list(command_, mark_);
}

bool PushedItems::marks(std::string_view line) const {
    const auto mark = '<' + std::to_string(mark_) + '>';
    bool quoted = false;  // what a sender has written stands in quotes, or in a literal
    for (std::size_t i = 0; i < line.size(); ++i) {
        if (quoted && line[i] == '\\')
            ++i;
        else if (line[i] == '"')
            quoted = !quoted;
        else if (!quoted && line.substr(i).starts_with(mark))
            return true;
    }
    return false;
}

bool PushedItems::is_mark(const imap::MessageDataItem& item) const {
    return item.item == DataItem::body_section && item.origin == mark_;
}

bool PushedItems::has_uid() const {
    return asks_for(command_, DataItem::uid);
}

bool PushedItems::has_message() const {
    return asks_for_message(command_);
}

std::string PushedItems::without_added(std::string_view response,
                                       const imap::FetchResponse& parsed) const {
    return without_items(response, parsed, [&](const imap::MessageDataItem& item) {
        if (item.item == DataItem::uid) return !has_uid();
        const bool is_message = item.item == DataItem::body_section && !item.origin &&
                                item.section == imap::SectionSpec{};
        return is_mark(item) || (is_message && !has_message());
    });
}

std::string PushedItems::compose(const imap::FetchResponse& server,
                                 const MessageItems& view) const {
    std::vector<DataItem> unasked;
    if (!has_uid()) unasked.push_back(DataItem::uid);
    return compose_response(server, unasked, content_items(command_), view);
}

std::optional<std::string> Pushes::on_command(std::string_view text, imap::NotifyCommand command) {
    std::string out;
    std::size_t copied = 0;
    Notify notify{command.tag, {}};
    for (auto& each : command.of_new_messages) {
        imap::FetchCommand fetch;
        fetch.items = each.names;
        const auto plan = plan_fetch(fetch);
        if (plan == FetchPlan::refuse) return std::nullopt;
        if (plan == FetchPlan::forward) continue;
        const auto& items = notify.items.emplace_back(std::move(each.names), ++last_mark_);
        out.append(text.substr(copied, each.offset - copied)).append(items.list());
        copied = each.offset + each.size;
    }
    if (!notify.items.empty() || any()) notifies_.push_back(std::move(notify));
    return out.append(text.substr(copied));
}

/// What a NOTIFY has replaced comes no more once it has been accepted (RFC 5465, 3.1); one that was
/// not accepted changes nothing.
void Pushes::on_tagged(std::string_view tag, bool ok) {
    const auto found = std::find_if(notifies_.begin(), notifies_.end(), [&](const Notify& each) {
        return !each.tag.empty() && each.tag == tag;
    });
    if (found == notifies_.end()) return;
    found->tag.clear();
    if (ok) {
        notifies_.erase(notifies_.begin(), found);
    } else {
        notifies_.erase(found);
    }
}

bool Pushes::any() const {
    return std::any_of(notifies_.begin(), notifies_.end(),
                       [](const Notify& each) { return !each.items.empty(); });
}

const PushedItems* Pushes::find(std::string_view line) const {
    for (const auto& notify : notifies_)
        for (const auto& items : notify.items)
            if (items.marks(line)) return &items;
    return nullptr;
}

}  // namespace proxy
