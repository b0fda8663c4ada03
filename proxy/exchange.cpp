#include "proxy/exchange.hpp"

#include <utility>

#include "proxy/fetch_rewriter.hpp"
#include "proxy/limits.hpp"

namespace proxy {

Exchange::Exchange(Settings settings, ViewCache& cache, std::string own_tag_prefix)
    : settings_{settings},
      cache_{cache},
      tags_{std::move(own_tag_prefix)},
      epoch_filter_{settings.epochs, !settings.opens},
      keyword_filter_{settings.keywords, tags_.mark() + "UID "} {}

std::string& Exchange::to_client() {
    auto& ready = to_client_.ready();
    if (!settings_.opens || ready.empty()) return filtered_.empty() ? ready : filtered_;
    keyword_filter_.rewrite(ready);
    if (filtered_.empty()) {
        filtered_.swap(ready);
    } else {
        filtered_ += ready;
        ready.clear();
    }
    return filtered_;
}

bool Exchange::reads_client() const {
    // Our own replies are what a client can make more of without the server.
    const auto unread = to_client_.octets() + filtered_.size() + replies_.size();
    return to_server_.size() < limits::outbox && backlog_.size() < limits::backlog &&
           with_server_.size() < limits::commands_with_server &&
           unread < limits::outbox + limits::open_octets;
}

bool Exchange::reads_server() const {
    const auto unread = to_client_.octets() + filtered_.size();
    if (!to_client_.has_open_slots()) return unread < limits::outbox;
    return unread + opening_octets_ < limits::outbox + limits::open_octets;
}

std::vector<OpenRequest> Exchange::take_open_requests() {
    for (const auto& request : open_requests_) opening_octets_ += request.response.size();
    return std::exchange(open_requests_, {});
}

void Exchange::on_opened(OpenResult result) {
    opening_octets_ -= result.octets;
    const auto node = opening_.extract(result.id);
    if (node.empty()) {
        if (task_) {
            task_->on_opened(result);
            task_->bound_what_waits();
        }
        if (!inside_response_) between_responses();
        return;
    }
    const auto& [slot, uid, selection, pushed] = node.mapped();
    const bool knows = uid && selection == selection_;  // a UID means nothing in another mailbox
    const auto response = imap::read_fetch_response(result.response);
    if (result.items && response) {
        if (knows) {
            mailbox_.opened(*uid, result.digest);
            learn_keywords(*uid, *result.items);
        }
        to_client_.fill(slot, pushed ? pushed->compose(*response, *result.items)
                                     : replace_items(*response, *result.items));
    } else {
        if (knows) mailbox_.could_not_be_opened(*uid);
        to_client_.fill(slot, pushed && response ? pushed->without_added(result.response, *response)
                                                 : std::move(result.response));
    }
    if (task_) task_->bound_what_waits();
    if (!inside_response_ && !compress_tag_.empty()) between_responses();
}

/// Here, and nowhere else, may something of ours be put into the client's stream.
void Exchange::between_responses() {
    if (mailbox_.has_candidates()) epoch_filter_.on_smime();
    if (!replies_.empty()) to_client_.write(std::exchange(replies_, {}));
    if (task_) task_->advance();
    advance_compression();
    if (gated() || !backlog_.empty()) drain_client();
}

void Exchange::learn_keywords(imap::Uid uid, const MessageItems& items) {
    if (settings_.keywords) settings_.keywords->learn(selected_.key(), uid, items.keywords());
}

void Exchange::note_uid(imap::SequenceNumber number, imap::Uid uid) {
    to_client_.write(keyword_filter_.note(number, uid));
}

FetchContext Exchange::fetch_context() {
    return {mailbox_,
            cache_,
            to_client_,
            to_server_,
            tags_,
            open_requests_,
            last_open_id_,
            settings_.max_message,
            settings_.errant,
            settings_.shows_signatures,
            settings_.signed_status,
            [this](imap::Uid uid, const MessageItems& items) { learn_keywords(uid, items); },
            [this](imap::SequenceNumber number, imap::Uid uid) { note_uid(number, uid); }};
}

}  // namespace proxy
