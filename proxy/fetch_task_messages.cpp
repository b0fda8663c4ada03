#include <algorithm>
#include <utility>

#include "proxy/fetch_rewriter.hpp"
#include "proxy/fetch_task.hpp"
#include "proxy/limits.hpp"

namespace proxy {

using imap::DataItem;

void FetchTask::next_batch() {
    step_ = Step::messages;
    if (next_candidate_ == candidates_.size()) return advance();
    imap::SequenceSet set;
    std::uint64_t octets = 0;
    bool with_flags = false;
    while (next_candidate_ < candidates_.size() && awaited_.size() < limits::batch_messages) {
        auto& candidate = candidates_[next_candidate_];
        octets += candidate.octets;
        if (!awaited_.empty() && octets > limits::batch_octets) break;
        ++next_candidate_;
        if (!awaited_.emplace(candidate.uid.value(), candidate).second) {  // told of twice
            give_up_place(candidate);
            continue;
        }
        add(set, candidate);
        with_flags = with_flags || candidate.with_flags;
    }
    batch_over_ = false;
    const auto body = probes_ && sets_seen(command_) ? Body::full : Body::peek;
    context_.to_server += candidates_command(command_, new_tag(), set, body, with_flags);
}

void FetchTask::on_message(CollectedFetch collected, const imap::FetchResponse& response) {
    const auto awaited = awaited_.find(response.uid()->value());
    const bool has_body = response.find(DataItem::body_section) != nullptr;
    if (awaited == awaited_.end() || !has_body) {
        context_.to_client.write(std::move(collected.response));
        return;
    }
    auto candidate = awaited->second;
    // That the message is \Seen now is told once: if it does not open, it is asked for again.
    if (response.find(DataItem::flags)) candidate.with_flags = true;
    awaited_.erase(awaited);
    if (!collected.candidate || collected.message_size == 0) {  // the structure had said otherwise
        context_.mailbox.could_not_be_opened(candidate.uid);
        leave_as_it_is(candidate);
        return;
    }
    const auto id = ++context_.last_open_id;
    if (!candidate.slot) {
        candidate.number = response.number;
        candidate.slot = context_.to_client.open_slot();
    }
    opening_.emplace(id, candidate);
    context_.open_requests.push_back({id, candidate.uid, std::move(collected.response),
                                      collected.message_offset, collected.message_size});
}

void FetchTask::on_too_large(std::optional<imap::Uid> uid) {
    if (!uid) return;
    const auto awaited = awaited_.find(uid->value());
    if (awaited == awaited_.end()) return;
    context_.mailbox.could_not_be_opened(*uid);
    leave_as_it_is(awaited->second);
    awaited_.erase(awaited);
}

void FetchTask::on_opened(const OpenResult& result) {
    const auto node = opening_.extract(result.id);
    if (node.empty()) return;
    const auto& candidate = node.mapped();
    auto response = imap::read_fetch_response(result.response);
    if (!result.items || !response) {
        context_.mailbox.could_not_be_opened(candidate.uid);
        return leave_as_it_is(candidate);
    }
    context_.mailbox.opened(candidate.uid, result.digest);
    context_.learn_keywords(candidate.uid, *result.items);
    // The number that the message has at the place where it is told of.
    response->number = candidate.number;
    context_.to_client.fill(*candidate.slot, compose(*response, *result.items));
}

void FetchTask::advance() {
    if (step_ != Step::messages || !batch_over_ || !opening_.empty()) return;
    if (next_candidate_ == candidates_.size()) after_messages();
}

void FetchTask::after_messages() {
    if (as_they_are_.empty()) return finish();
    step_ = Step::as_they_are;
    for (const auto& candidate : as_they_are_) add(to_ask_, candidate);
    ask();
}

void FetchTask::bound_what_waits() {
    if (context_.to_client.octets() > limits::held_listing) give_up_places();
}

void FetchTask::give_up_places() {
    for (auto i = next_candidate_; i < candidates_.size(); ++i) give_up_place(candidates_[i]);
    for (auto& [uid, candidate] : awaited_) give_up_place(candidate);
}

void FetchTask::give_up_place(Candidate& candidate) {
    if (candidate.slot) context_.to_client.fill(*candidate.slot, {});
    candidate.slot.reset();
}

void FetchTask::leave_as_it_is(Candidate candidate) {
    give_up_place(candidate);
    as_they_are_.push_back(candidate);
}

}  // namespace proxy
