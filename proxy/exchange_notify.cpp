// NOTIFY (RFC 5465): what the server sends of new messages is opened like an answer.

#include <utility>

#include "proxy/exchange.hpp"

namespace proxy {

void Exchange::on_notify_command() {
    const auto line =
        std::string_view{collected_command_}.substr(0, collected_command_.find('\n') + 1);
    const auto command = imap::read_command(line);
    auto notify = imap::read_notify_command(collected_command_);
    if (!notify) return reply(command->tag, " BAD This NOTIFY can't be read.\r\n");
    // We have asked for the literals: the server must not ask again.
    const auto pieces = imap::command_pieces(collected_command_);
    if (pieces.size() != 1) return reply(command->tag, " BAD A mailbox has an odd name.\r\n");
    if (pieces.front() != collected_command_) notify = imap::read_notify_command(pieces.front());
    if (!notify) return reply(command->tag, " BAD This NOTIFY can't be read.\r\n");
    const auto changed = pushes_.on_command(pieces.front(), std::move(*notify));
    if (!changed) {
        return reply(command->tag, " BAD An item of this NOTIFY is not available here.\r\n");
    }
    forward_command(*changed, *command);
}

/// A response that has come since a NOTIFY asks for it.
void Exchange::on_pushed(CollectedFetch collected, const PushedItems& items) {
    const auto response = imap::read_fetch_response(collected.response);
    if (!response) return to_client_.write(std::move(collected.response));
    const auto uid = response->uid();
    if (uid) mailbox_.learn_number(response->number, *uid);
    if (uid && !items.has_uid()) note_uid(response->number, *uid);
    if (!collected.candidate || collected.message_size == 0) {
        return to_client_.write(items.without_added(collected.response, *response));
    }
    mailbox_.note_candidate();
    const auto id = ++last_open_id_;
    opening_.emplace(id, Opening{to_client_.open_slot(), uid, selection_, items});
    open_requests_.push_back(
        {id, uid, std::move(collected.response), collected.message_offset, collected.message_size});
}

}  // namespace proxy
