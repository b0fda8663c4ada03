#include <utility>

#include "imap/search_response.hpp"
#include "proxy/email_id.hpp"
#include "proxy/exchange.hpp"
#include "proxy/limits.hpp"
#include "proxy/protocol_error.hpp"

namespace proxy {

/// A frame of a SEARCH, SORT or THREAD. As long as it names no keyword of ours, the server gets all
/// of it, in its own time: no octet differs on either side.
void Exchange::on_search_frame(const imap::Frame& frame) {
    asks_for_go_ahead_ = false;
    const bool is_line = frame.kind == imap::Frame::Kind::line;
    const auto changed = is_line ? with_server_email_ids(frame.octets) : std::nullopt;
    *search_command_ += changed ? *changed : frame.octets;
    search_scanner_.read(frame.octets);
    const bool is_own = search_scanner_.found();
    const bool asks = frame.announces && frame.announces->synchronizing;
    if (search_command_->size() > limits::command && is_own) {
        throw ProtocolError{"a SEARCH command of too many octets"};
    }
    if (frame.ends_message) {
        if (is_own) return on_own_search();
        forward_search();
        search_command_.reset();
    } else if (asks && is_own) {
        reply({}, "+ OK\r\n");
    } else if (asks) {
        forward_search();
        search_literal_ = frame.announces->octets;
        asks_for_go_ahead_ = true;
    } else if (search_command_->size() > limits::command) {
        forward_search();
        search_command_.reset();  // the rest goes on unread
    }
}

/// Sends the server what it has not got yet.
void Exchange::forward_search() {
    const auto rest = std::string_view{*search_command_}.substr(search_forwarded_);
    if (search_forwarded_ == 0) {
        const auto line = rest.substr(0, rest.find('\n') + 1);
        forward_command(rest, *imap::read_command(line));
    } else {
        to_server_ += rest;
    }
    search_forwarded_ = search_command_->size();
}

void Exchange::on_own_search() {
    const std::string text = std::move(*search_command_);
    search_command_.reset();
    if (search_forwarded_ > 0) abandon_search();
    auto command = imap::read_search_command(text);
    if (!command) return reply(command_tag_, " BAD This search can't be read.\r\n");
    waiting_search_.emplace(WaitingSearch{std::move(*command)});
}

/// The server waits for a literal of a command that it must not hear more of: it gets one, and then
/// what no command can end in. Its BAD is not for the client.
void Exchange::abandon_search() {
    to_server_.append(static_cast<std::size_t>(search_literal_), 'x').append(" \"\r\n");
    const auto found = with_server_.find(command_tag_);
    if (found != with_server_.end()) found->second = CommandKind::abandoned;
}

void Exchange::start_waiting_search() {
    if (!waiting_search_->command.by_uid && !waiting_search_->knows_uids) {
        waiting_search_->knows_uids = true;
        return probe_uids("1:*");
    }
    auto command = std::move(waiting_search_->command);
    waiting_search_.reset();
    search_.emplace(search_context(command.by_uid), std::move(command));
    if (search_->done()) search_.reset();
}

SearchContext Exchange::search_context(bool by_uid) {
    return {to_client_, to_server_, tags_, [this, by_uid](std::uint32_t number) {
                const auto uid = by_uid ? std::optional{imap::Uid{number}}
                                        : mailbox_.uid_of(imap::SequenceNumber{number});
                if (!uid || !settings_.keywords) return Keywords{};
                return settings_.keywords->find(selected_.key(), *uid);
            }};
}

void Exchange::on_search_response(const imap::Frame& frame) {
    *search_response_ += frame.octets;
    if (search_response_->size() > limits::search_response) {
        throw ProtocolError{"a SEARCH response of too many octets"};
    }
    if (!frame.ends_message) return;
    const auto response = std::exchange(search_response_, std::nullopt);
    search_->on_result(*response);
}

}  // namespace proxy
