#include <algorithm>

#include "imap/capability.hpp"
#include "proxy/exchange.hpp"

namespace proxy {

/// The client's stream stands in an APPEND that is guarded.
void Exchange::on_append_frame(const imap::Frame& frame) {
    asks_for_go_ahead_ = false;  // the literals are asked for here
    append_->feed(frame);
    after_append();
}

void Exchange::on_append_decided(AppendResult result) {
    if (!append_) return;
    append_->on_decided(std::move(result));
    after_append();
    if (!inside_response_) between_responses();
}

/// True if the server goes on with what was asked of it there, and not with a command before.
bool Exchange::append_takes_continuation() {
    const bool is_for_another =
        std::any_of(with_server_.begin(), with_server_.end(), [](const auto& command) {
            return command.second == CommandKind::idle ||
                   command.second == CommandKind::authenticate;
        });
    if (!append_ || is_for_another || !append_->on_continuation()) return false;
    after_append();
    return true;
}

bool Exchange::append_takes_tagged(std::string_view line, const imap::Response& response) {
    if (!append_ || !append_->begun() || append_->tag() != response.tag) return false;
    const bool ok = response.condition == imap::Response::Condition::ok;
    if (!append_->on_tagged(imap::filter_capability_line(line), ok)) return false;
    const auto found = with_server_.find(append_->tag());
    if (found != with_server_.end()) with_server_.erase(found);
    after_append();
    return true;
}

void Exchange::after_append() {
    const auto octets = append_->take_for_server();
    if (!octets.empty() && !append_begun_) {
        append_begun_ = true;
        with_server_.emplace(append_->tag(), CommandKind::other);
    }
    to_server_ += octets;
    for (auto& notice : append_->take_notices()) {
        if (notice.alert && !std::exchange(alerted_, true))
            reply({}, "* OK [ALERT] paperknife: " + notice.text + "\r\n");
        notices_.push_back(std::move(notice.text));
    }
    const auto said = append_->take_for_client();
    if (!said.empty()) reply({}, said);
    if (auto request = append_->take_request()) append_requests_.push_back(std::move(*request));
    if (!append_->done()) return;
    append_.reset();
    append_begun_ = false;
}

}  // namespace proxy
