#include <algorithm>
#include <utility>

#include "imap/capability.hpp"
#include "imap/fetch.hpp"
#include "imap/search_response.hpp"
#include "proxy/exchange.hpp"
#include "proxy/protocol_error.hpp"

namespace proxy {

void Exchange::from_server(std::string_view octets) {
    server_framer_.push(octets);
    while (const auto frame = server_framer_.next()) {
        on_server_frame(epoch_filter_.from_server(*frame));
        if (server_rest_) {
            server_rest_ = server_framer_.release();
            return;
        }
    }
}

void Exchange::on_server_ended() {
    if (task_) task_->give_up_places();
}

void Exchange::on_server_frame(const imap::Frame& frame) {
    if (frame.starts_message) {
        inside_response_ = true;
        on_response_line(frame);
    } else if (collector_) {
        on_fetch_frame(frame);
    } else if (search_response_) {
        on_search_response(frame);
    } else {
        to_client_.write(frame.octets);
    }
    if (task_) task_->bound_what_waits();
    if (!frame.ends_message) return;
    inside_response_ = false;
    collector_.reset();
    between_responses();
}

/// How a FETCH response that comes now is to be collected; nothing: it streams on.
std::optional<FetchCollector::Mode> Exchange::fetch_mode() const {
    if (task_) return task_->collects();
    return uid_probe_ ? FetchCollector::Mode::list : FetchCollector::Mode::sniff;
}

void Exchange::on_response_line(const imap::Frame& frame) {
    const auto response = imap::read_response(frame.octets);
    if (!response) return to_client_.write(frame.octets);
    selected_.on_response(*response);
    switch (response->kind) {
        case imap::Response::Kind::tagged:
            return on_tagged(frame.octets, *response);
        case imap::Response::Kind::fetch:
            if (response->by_uid) mailbox_.have_no_numbers();
            if (opens()) {
                auto mode = fetch_mode();
                const auto* pushes = pushes_.any() ? &pushes_ : nullptr;
                if (!mode && pushes) mode = FetchCollector::Mode::stream;
                // Without a literal there is no message in it: the usual answer to FLAGS goes on
                // unread.
                const bool plain =
                    frame.ends_message && mode == FetchCollector::Mode::sniff && !pushes;
                if (mode && !plain) {
                    collector_.emplace();
                    collector_->begin(*mode, settings_.max_message, settings_.errant, pushes);
                    return on_fetch_frame(frame);
                }
            }
            break;
        case imap::Response::Kind::expunge:
            mailbox_.expunge(imap::SequenceNumber{response->number});
            break;
        case imap::Response::Kind::vanished:
            if (!response->earlier) mailbox_.forget_numbers();
            break;
        case imap::Response::Kind::status:
            if (!greeted_ && response->condition == imap::Response::Condition::preauth) {
                authenticated_ = true;
            }
            greeted_ = true;
            if (task_ && response->code == "INPROGRESS" && !response->code_arguments.empty())
                return to_client_.write(task_->progress());
            [[fallthrough]];
        case imap::Response::Kind::capability:
            return to_client_.write(capability_line(frame.octets, authenticated_));
        case imap::Response::Kind::continuation:
            if (append_takes_continuation()) return;
            if (search_ && search_->on_continuation()) return;
            on_continuation();
            break;
        case imap::Response::Kind::other:
            if (search_ && imap::begins_search_response(frame.octets)) {
                search_response_.emplace();
                return on_search_response(frame);
            }
            break;
        case imap::Response::Kind::exists:
            break;
    }
    to_client_.write(frame.octets);
}

void Exchange::on_fetch_frame(const imap::Frame& frame) {
    switch (collector_->feed(frame)) {
        case FetchCollector::Result::held:
        case FetchCollector::Result::dropped:
            return;
        case FetchCollector::Result::forward:
            to_client_.write(collector_->released_before());
            to_client_.write(collector_->released_now());
            return;
        case FetchCollector::Result::collected:
            if (const auto* pushed = collector_->pushed()) {
                return on_pushed(collector_->take(), *pushed);
            }
            return on_collected_fetch(collector_->take());
        case FetchCollector::Result::too_large:
            if (task_) task_->on_too_large(collector_->uid());
            return;
    }
}

void Exchange::on_collected_fetch(CollectedFetch collected) {
    if (task_) return task_->on_fetch(std::move(collected));
    if (uid_probe_) return uid_probe_->on_fetch(collected.response, to_client_);
    const auto response = imap::read_fetch_response(collected.response);
    if (!response || !collected.candidate || collected.message_size == 0) {
        return to_client_.write(std::move(collected.response));
    }
    mailbox_.note_candidate();
    const auto uid = response->uid() ? response->uid() : mailbox_.uid_of(response->number);
    const auto id = ++last_open_id_;
    opening_.emplace(id, Opening{to_client_.open_slot(), uid, selection_});
    open_requests_.push_back(
        {id, uid, std::move(collected.response), collected.message_offset, collected.message_size});
}

void Exchange::on_tagged(std::string_view line, const imap::Response& response) {
    const std::string tag{response.tag};
    if (append_takes_tagged(line, response)) return;
    const bool refused = response.condition != imap::Response::Condition::ok;
    pushes_.on_tagged(response.tag, !refused);
    if (refused && asks_for_go_ahead_ && command_tag_ == tag) {
        client_framer_.cancel_literal();  // the client will not send it
        search_command_.reset();
        asks_for_go_ahead_ = false;
    }
    const auto found = with_server_.find(tag);
    if (task_ && task_->awaits(tag)) {
        return task_->on_tagged(capability_line(line, authenticated_), response);
    }
    if (search_ && search_->awaits(tag)) {
        return search_->on_tagged(capability_line(line, authenticated_), response);
    }
    if (uid_probe_ && uid_probe_->awaits(tag)) return uid_probe_.reset();
    if (on_compress_tagged(response)) return;
    if (tags_.is_own(tag)) throw ProtocolError{"a tagged response to no command"};
    if (found != with_server_.end() && found->second == CommandKind::abandoned) {
        with_server_.erase(found);
        return;
    }
    const bool logs_in =
        found != with_server_.end() && !refused &&
        (found->second == CommandKind::log_in || found->second == CommandKind::authenticate);
    to_client_.write(capability_line(line, authenticated_ || logs_in));
    if (found != with_server_.end()) {
        const auto kind = found->second;
        with_server_.erase(found);
        on_completed(kind, response);
    }
}

/// The client sends its literal now, even if the server refuses the command before it has come.
/// What IDLE and AUTHENTICATE are continued by comes before what is asked by a command behind them.
void Exchange::on_continuation() {
    if (!asks_for_go_ahead_) return;
    asks_for_go_ahead_ =
        std::any_of(with_server_.begin(), with_server_.end(), [](const auto& command) {
            return command.second == CommandKind::idle ||
                   command.second == CommandKind::authenticate;
        });
}

void Exchange::on_completed(CommandKind kind, const imap::Response& response) {
    const bool ok = response.condition == imap::Response::Condition::ok;
    switch (kind) {
        case CommandKind::log_in:
            authenticated_ = authenticated_ || ok;
            break;
        case CommandKind::authenticate:
        case CommandKind::idle:
            authenticated_ = authenticated_ || (ok && kind == CommandKind::authenticate);
            if (client_mode_ != ClientMode::commands && client_mode_tag_ == response.tag) {
                client_mode_ = ClientMode::commands;
            }
            break;
        case CommandKind::select:
            forget_mailbox();
            break;
        case CommandKind::close:
            if (ok) forget_mailbox();
            break;
        case CommandKind::abandoned:
        case CommandKind::other:
            break;
    }
}

void Exchange::forget_mailbox() {
    mailbox_.clear();
    ++selection_;
}

}  // namespace proxy
