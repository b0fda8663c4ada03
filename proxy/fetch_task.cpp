#include "proxy/fetch_task.hpp"

#include <algorithm>
#include <utility>

#include "imap/body_structure.hpp"
#include "proxy/candidate.hpp"
#include "proxy/fetch_rewriter.hpp"
#include "proxy/limits.hpp"
#include "proxy/protocol_error.hpp"

namespace proxy {

using imap::DataItem;

FetchTask::FetchTask(FetchContext context, imap::FetchCommand command, std::string original,
                     bool probe)
    : context_{std::move(context)},
      command_{std::move(command)},
      original_{std::move(original)},
      for_some_{command_},
      content_items_{content_items(command_)},
      probes_{probe},
      step_{probe ? Step::probe : Step::list} {
    if (!command_.by_uid && !asks_for(command_, DataItem::uid)) unasked_.push_back(DataItem::uid);
    if (!asks_for(command_, DataItem::body_structure)) {
        unasked_.push_back(DataItem::body_structure);
    }
    if (!probe) {
        context_.to_server += list_command(command_);
    } else if (know_all()) {
        after_probe();
    } else {
        context_.to_server += probe_command(command_, new_tag());
    }
    auto modifiers = without_vanished(command_.modifiers);
    tells_vanished_ = modifiers != command_.modifiers;
    command_.modifiers = std::move(modifiers);
    for_some_.modifiers = modifiers_for_some(command_);
}

std::optional<FetchCollector::Mode> FetchTask::collects() const {
    switch (step_) {
        case Step::list:
        case Step::probe:
        case Step::at_hand:
            return FetchCollector::Mode::list;
        case Step::messages:
            return FetchCollector::Mode::message;
        case Step::ordinary:
        case Step::as_they_are:
        case Step::done:
            break;
    }
    return std::nullopt;
}

void FetchTask::on_fetch(CollectedFetch collected) {
    const auto response = imap::read_fetch_response(collected.response);
    if (!response || !response->uid()) {
        context_.to_client.write(std::move(collected.response));
        return;
    }
    switch (step_) {
        case Step::list:
            return on_list(collected, *response);
        case Step::probe:
            return on_probe(collected, *response);
        case Step::at_hand:
            return on_at_hand(collected, *response);
        case Step::messages:
            return on_message(std::move(collected), *response);
        case Step::ordinary:
        case Step::as_they_are:
        case Step::done:
            context_.to_client.write(std::move(collected.response));
    }
}

void FetchTask::on_list(const CollectedFetch& collected, const imap::FetchResponse& response) {
    const auto uid = *response.uid();
    const auto* structure = response.find(DataItem::body_structure);
    if (!structure) {  // the server's own news of a message, not an answer
        context_.to_client.write(collected.response);
        return;
    }
    const auto candidate =
        read_candidate(structure->value, context_.errant, context_.shows_signatures);
    learn(response, uid, candidate.has_value());
    if (!candidate || context_.mailbox.class_of(uid) != MessageClass::candidate) {
        context_.to_client.write(without_items(collected.response, response, unasked_));
        return;
    }
    if (candidate->only_signed && context_.signed_status && is_apart_from_status(command_) &&
        candidate->octets <= context_.max_message) {
        context_.to_client.write(
            with_larger_size(response, unasked_, *context_.signed_status, context_.max_message));
        return;
    }
    if (const auto view = view_of(uid)) {
        context_.to_client.write(compose(response, *view));
        return;
    }
    if (candidate->octets > context_.max_message) {
        context_.mailbox.could_not_be_opened(uid);
        context_.to_client.write(without_items(collected.response, response, unasked_));
        return;
    }
    if (is_lazy(command_)) {
        context_.to_client.write(compose_without_preview(response, unasked_));
        return;
    }
    candidates_.push_back({response.number, uid, candidate->octets,
                           response.find(DataItem::flags) != nullptr,
                           context_.to_client.open_slot()});
}

void FetchTask::on_probe(const CollectedFetch& collected, const imap::FetchResponse& response) {
    const auto* structure = response.find(DataItem::body_structure);
    if (!structure) {
        context_.to_client.write(collected.response);
        return;
    }
    const auto candidate =
        read_candidate(structure->value, context_.errant, context_.shows_signatures);
    const auto uid = *response.uid();
    learn(response, uid, candidate.has_value());
    note(response, uid, candidate ? candidate->octets : 0);
    // Changed flags ride along with any answer; a MODSEQ alone is CHANGEDSINCE's doing, and comes
    // again.
    if (response.find(DataItem::flags)) {
        context_.to_client.write(
            without_items(collected.response, response, {DataItem::uid, DataItem::body_structure}));
    }
}

void FetchTask::learn(const imap::FetchResponse& response, imap::Uid uid, bool is_candidate) {
    context_.mailbox.learn(response.number, uid,
                           is_candidate ? MessageClass::candidate : MessageClass::ordinary);
    if (!command_.by_uid && !asks_for(command_, DataItem::uid))
        context_.note_uid(response.number, uid);
}

void FetchTask::note(const imap::FetchResponse& response, imap::Uid uid, std::uint64_t octets) {
    Candidate candidate{response.number, uid, octets, false, std::nullopt};
    if (octets > context_.max_message) context_.mailbox.could_not_be_opened(uid);
    const auto what = context_.mailbox.class_of(uid);
    // Who asks for the whole gets what its header made of it before, whatever the structure says.
    auto view = view_of(uid);
    const bool was_touched = what != MessageClass::unopenable && asks_for_message(command_) &&
                             view && !view->is_untouched();
    if (what != MessageClass::candidate && !was_touched) {
        add(to_ask_, candidate);
    } else if (view) {
        at_hand_[uid.value()] = std::move(view);
        at_hand_candidates_.push_back(candidate);
    } else {
        candidates_.push_back(candidate);
    }
}

/// Sorts the messages of the command, if all of them are known from earlier answers.
bool FetchTask::know_all() {
    // Modifiers (what has changed since: RFC 7162, 3.1.4.1) and "$" choose among the messages: the
    // server says which.
    if (!command_.modifiers.empty() || command_.set.is_saved_result()) return false;
    const auto numbers = command_.set.numbers(limits::known_set);
    if (!numbers) return false;
    std::vector<std::pair<imap::SequenceNumber, imap::Uid>> messages;
    for (const auto value : *numbers) {
        auto number = std::optional{imap::SequenceNumber{value}};
        auto uid = std::optional{imap::Uid{value}};
        if (command_.by_uid) {
            number = context_.mailbox.number_of(*uid);
        } else {
            uid = context_.mailbox.uid_of(*number);
        }
        if (!number || !uid) return false;
        if (context_.mailbox.class_of(*uid) == MessageClass::unknown) return false;
        messages.emplace_back(*number, *uid);
    }
    for (const auto& [number, uid] : messages) note(imap::FetchResponse{number, {}}, uid, 0);
    return true;
}

void FetchTask::after_probe() {
    if (candidates_.empty() && at_hand_.empty()) {
        step_ = Step::ordinary;
        own_tag_.clear();
        context_.to_server += tells_vanished_
                                  ? items_command(command_, command_.tag, command_.set, false)
                                  : original_;
    } else if (!to_ask_.empty()) {
        step_ = Step::ordinary;
        ask();
    } else {
        answer_at_hand();
    }
}

/// Sends the next command of a step that may need several.
void FetchTask::ask() {
    const auto set = to_ask_.take(limits::set_ranges);
    if (step_ == Step::at_hand) {
        const auto body = sets_seen(command_) ? Body::seen : Body::none;
        context_.to_server += candidates_command(command_, new_tag(), set, body, false);
        return;
    }
    const bool with_flags =
        std::any_of(as_they_are_.begin(), as_they_are_.end(),
                    [](const Candidate& candidate) { return candidate.with_flags; });
    context_.to_server += items_command(for_some_, new_tag(), set, with_flags);
}

void FetchTask::answer_at_hand() {
    if (at_hand_.empty() || answer_without_server()) {
        next_batch();
        return;
    }
    step_ = Step::at_hand;
    for (const auto& candidate : at_hand_candidates_) add(to_ask_, candidate);
    ask();
}

/// A client that reads a large part piece by piece asks hundreds of times for what only the view
/// has: how often is not for the server to see (promise 4).
bool FetchTask::answer_without_server() {
    if (sets_seen(command_) || !command_.modifiers.empty()) return false;
    for (const auto& name : command_.items) {
        if (!imap::depends_on_content(name.item) && name.item != DataItem::uid) return false;
    }
    // An EXPUNGE may have moved numbers since: then the server says what they are.
    for (const auto& candidate : at_hand_candidates_) {
        if (!context_.mailbox.has_numbers()) break;
        if (context_.mailbox.uid_of(candidate.number) != candidate.uid) return false;
    }
    for (const auto& candidate : at_hand_candidates_) {
        const auto uid = "UID " + std::to_string(candidate.uid.value());
        imap::FetchResponse response{candidate.number, {}};
        if (!context_.mailbox.has_numbers()) response.by_uid = candidate.uid;
        if (!response.by_uid || asks_for(command_, DataItem::uid))
            response.items.push_back({DataItem::uid, {}, {}, uid, std::string_view{uid}.substr(4)});
        context_.to_client.write(compose(response, *at_hand_.at(candidate.uid.value())));
    }
    return true;
}

void FetchTask::on_at_hand(const CollectedFetch& collected, const imap::FetchResponse& response) {
    const auto view = at_hand_.find(response.uid()->value());
    // Changed flags are no answer: that one has the field by which \Seen is set.
    const bool answers = !sets_seen(command_) || response.find(DataItem::body_section);
    if (view == at_hand_.end() || !answers) {
        context_.to_client.write(collected.response);
        return;
    }
    context_.to_client.write(compose(response, *view->second));
    at_hand_.erase(view);
}

bool FetchTask::awaits(std::string_view tag) const {
    return tag == (own_tag_.empty() ? command_.tag : own_tag_);
}

void FetchTask::on_tagged(std::string_view line, const imap::Response& response) {
    if (own_tag_.empty()) return on_client_tagged(line);
    on_own_tagged(line, response.condition, response.code);
}

///     inprogress-tag SP inprogress-state
std::string FetchTask::progress() const {
    return "* OK [INPROGRESS (\"" + command_.tag + "\" NIL NIL)] Still here.\r\n";
}

void FetchTask::on_client_tagged(std::string_view line) {
    tagged_line_ = line;
    if (step_ == Step::list && !candidates_.empty()) return next_batch();
    finish();
}

void FetchTask::on_own_tagged(std::string_view line, imap::Response::Condition condition,
                              std::string_view code) {
    const bool ok = condition == imap::Response::Condition::ok;
    switch (step_) {
        case Step::probe:
            // It went so far and no farther (RFC 9738, 3.1): the client must be told.
            if (ok && code == "MESSAGELIMIT") remember_status(line, ok);
            if (!ok) {  // let the server say so of the client's own command
                candidates_.clear();
                at_hand_.clear();
                tells_vanished_ = false;
            }
            return after_probe();
        case Step::ordinary:
            remember_status(line, ok);
            return to_ask_.empty() ? answer_at_hand() : ask();
        case Step::at_hand:
            remember_status(line, ok);
            return to_ask_.empty() ? next_batch() : ask();
        case Step::messages:
            batch_over_ = true;
            // Not answered: gone meanwhile, or too large, or the server could not give it. It says
            // which, asked for the client's own items.
            for (const auto& [uid, candidate] : awaited_) leave_as_it_is(candidate);
            if (ok) remember_status(line, ok);
            awaited_.clear();
            return next_batch();
        case Step::as_they_are:
            remember_status(line, ok);
            return to_ask_.empty() ? finish() : ask();
        case Step::list:
        case Step::done:
            break;
    }
    throw ProtocolError{"a tagged response to no command"};
}

/// The first status that is not OK is the one that the client gets.
void FetchTask::remember_status(std::string_view line, bool ok) {
    if (failed_ || (ok && !tagged_line_.empty())) return;
    failed_ = !ok;
    tagged_line_ = command_.tag + std::string{line.substr(own_tag_.size())};
}

void FetchTask::finish() {
    step_ = Step::done;
    if (tagged_line_.empty()) tagged_line_ = command_.tag + " OK Fetch completed.\r\n";
    if (unknown_encoding_ && !failed_)
        tagged_line_ = command_.tag + " NO [UNKNOWN-CTE] A part is in an unknown encoding.\r\n";
    context_.to_client.write(tagged_line_);
}

std::string FetchTask::compose(const imap::FetchResponse& response, const MessageItems& view) {
    for (const auto& name : content_items_)
        unknown_encoding_ = unknown_encoding_ || !view.can_answer(name);
    return compose_response(response, unasked_, content_items_, view);
}

void FetchTask::add(imap::SequenceSet& set, const Candidate& candidate) const {
    set.add(command_.by_uid ? candidate.uid.value() : candidate.number.value());
}

SharedItems FetchTask::view_of(imap::Uid uid) const {
    const auto* digest = context_.mailbox.digest_of(uid);
    return digest ? context_.cache.find(*digest) : nullptr;
}

}  // namespace proxy
