#include <algorithm>
#include <array>
#include <cctype>

#include "imap/capability.hpp"
#include "proxy/email_id.hpp"
#include "proxy/exchange.hpp"
#include "proxy/keyword_command.hpp"
#include "proxy/limits.hpp"
#include "proxy/protocol_error.hpp"

namespace proxy {
namespace {

/// Commands of extensions that are hidden: a client that sends them all the same is refused here,
/// since the server might accept.
bool is_hidden(std::string_view name) {
    constexpr std::array hidden{std::string_view{"STARTTLS"},    std::string_view{"CONVERT"},
                                std::string_view{"UID CONVERT"}, std::string_view{"UNAUTHENTICATE"},
                                std::string_view{"REPLACE"},     std::string_view{"UID REPLACE"},
                                std::string_view{"GENURLAUTH"},  std::string_view{"URLFETCH"},
                                std::string_view{"RESETKEY"},    std::string_view{"ESEARCH"}};
    return std::find(hidden.begin(), hidden.end(), name) != hidden.end();
}

/// Commands whose search keys may name an EMAILID, or keywords of ours.
bool searches(std::string_view name) {
    if (name.starts_with("UID ")) name.remove_prefix(4);
    return name == "SEARCH" || name == "SORT" || name == "THREAD";
}

}  // namespace

void Exchange::from_client(std::string_view octets) {
    if (client_plain_) throw ProtocolError{"the client did not wait for COMPRESS"};
    if (gated() || !backlog_.empty()) {
        backlog_ += octets;
        return drain_client();
    }
    client_framer_.push(octets);
    drain_client();
}

/// Reads on until a FETCH or SEARCH must be carried out alone; what comes behind it waits.
void Exchange::drain_client() {
    advance_compression();
    start_waiting();
    if (gated()) return;
    const std::string waiting = std::exchange(backlog_, {});
    if (!waiting.empty()) client_framer_.push(waiting);
    while (!gated()) {
        const auto frame = client_framer_.next();
        if (!frame) return;
        const bool is_command = client_mode_ == ClientMode::commands;
        on_client_frame(is_command ? epoch_filter_.from_client(*frame) : *frame);
        start_waiting();
    }
    backlog_.insert(0, client_framer_.release());
    advance_compression();
}

void Exchange::on_client_frame(const imap::Frame& frame) {
    inside_command_ = !frame.ends_message;
    if (append_) return on_append_frame(frame);
    if (search_command_) return on_search_frame(frame);
    if (frame.starts_message) in_append_ = in_search_ = false;
    asks_for_go_ahead_ = frame.announces && frame.announces->synchronizing && !collecting_command_;
    if (frame.starts_message && !collecting_command_) {
        if (client_mode_ == ClientMode::commands) return on_command_line(frame);
        // DONE, or what the client says to a SASL mechanism: not ours to read.
        if (client_mode_ == ClientMode::idle) client_mode_ = ClientMode::commands;
    }
    if (!collecting_command_) {
        const bool is_line = frame.kind == imap::Frame::Kind::line;
        std::optional<std::string> changed;
        if (in_append_ && is_line) changed = append_without_keywords(frame.octets, false);
        if (in_search_ && is_line) changed = with_server_email_ids(frame.octets);
        to_server_ += changed ? *changed : frame.octets;
        return;
    }
    collected_command_ += frame.octets;
    if (frame.announces && frame.announces->synchronizing) {
        reply({}, "+ OK\r\n");
    }
    if (collected_command_.size() > limits::command) {
        throw ProtocolError{"a command of too many octets"};
    }
    if (frame.ends_message) on_collected_command();
}

void Exchange::on_command_line(const imap::Frame& frame) {
    const bool is_whole = frame.kind == imap::Frame::Kind::line;
    const auto command = is_whole ? imap::read_command(frame.octets) : std::nullopt;
    if (!command) return forward_unread(frame);
    command_tag_ = command->tag;
    const bool asks_for_items =
        command->name == "FETCH" || command->name == "UID FETCH" || command->name == "NOTIFY";
    if ((asks_for_items && settings_.opens) || command->name == "ENABLE" ||
        command->name == "COMPRESS" || is_hidden(command->name)) {
        // Read in full first: what is left of a command that we change must not reach the server.
        collecting_command_ = true;
        asks_for_go_ahead_ = false;
        collected_command_ = frame.octets;
        if (frame.announces && frame.announces->synchronizing) reply({}, "+ OK\r\n");
        if (frame.ends_message) on_collected_command();
        return;
    }
    if (command->name == "APPEND" && settings_.append && settings_.append->guards()) {
        append_.emplace(*settings_.append, command->tag);
        return on_append_frame(frame);
    }
    if (!settings_.opens) return forward_command(frame.octets, *command);
    if (searches(command->name)) {
        in_search_ = true;
        search_command_.emplace();
        search_forwarded_ = 0;
        search_scanner_ = {};
        return on_search_frame(frame);
    }
    std::optional<std::string> changed;
    if (command->name == "STORE" || command->name == "UID STORE") {
        if (frame.ends_message) changed = store_without_keywords(frame.octets);
    } else if (command->name == "APPEND") {
        in_append_ = true;
        changed = append_without_keywords(frame.octets, true);
    }
    forward_command(changed ? *changed : frame.octets, *command);
}

/// The server may read what we can't: until it has answered, the mailbox may be another.
void Exchange::forward_unread(const imap::Frame& frame) {
    imap::Cursor in{frame.octets};
    const auto tag = in.tag();
    command_tag_ = tag.value_or("");
    if (tag && in.sp()) {
        with_server_.emplace(*tag, CommandKind::select);
        on_select(*tag, "");
    }
    to_server_ += frame.octets;
}

void Exchange::forward_command(std::string_view octets, const imap::Command& command) {
    auto kind = CommandKind::other;
    if (command.name == "LOGIN") kind = CommandKind::log_in;
    if (command.name == "AUTHENTICATE") kind = CommandKind::authenticate;
    if (command.name == "SELECT" || command.name == "EXAMINE") kind = CommandKind::select;
    if (command.name == "CLOSE" || command.name == "UNSELECT") kind = CommandKind::close;
    if (command.name == "IDLE") kind = CommandKind::idle;
    with_server_.emplace(command.tag, kind);
    if (kind == CommandKind::select)
        on_select(command.tag, imap::read_selected_mailbox(octets).value_or(""));
    if (kind == CommandKind::close) on_select(command.tag, std::nullopt);
    if (kind == CommandKind::idle) client_mode_ = ClientMode::idle;
    if (kind == CommandKind::authenticate) client_mode_ = ClientMode::authenticating;
    if (client_mode_ != ClientMode::commands) client_mode_tag_ = command.tag;
    to_server_ += octets;
}

void Exchange::on_select(std::string_view tag, const std::optional<std::string>& mailbox) {
    selected_.on_command(tag, mailbox);
    keyword_filter_.on_select(tag, mailbox);
}

void Exchange::on_collected_command() {
    collecting_command_ = false;
    const auto line =
        std::string_view{collected_command_}.substr(0, collected_command_.find('\n') + 1);
    const auto command = imap::read_command(line);
    if (!command) return;
    if (is_hidden(command->name)) return reply(command->tag, " BAD Not available here.\r\n");
    if (command->name == "COMPRESS") return on_compress_command();
    if (command->name == "NOTIFY") return on_notify_command();
    if (command->name == "ENABLE") {
        if (line.size() == collected_command_.size()) return on_enable_command();
        return reply(command->tag, " BAD A capability's name is an atom.\r\n");
    }
    on_fetch_command();
}

/// What is hidden must not be enabled either: it would change the form of later responses.
void Exchange::on_enable_command() {
    const auto command = imap::read_command(collected_command_);
    std::string kept;
    bool changed = false;
    for (const auto& name : imap::read_enable(collected_command_)) {
        if (imap::passes_capability(name)) {
            kept += " " + name;
        } else {
            changed = true;
        }
    }
    if (!changed) return forward_command(collected_command_, *command);
    if (kept.empty()) {
        reply({}, "* ENABLED\r\n");
        return reply(command->tag, " OK Nothing of it is available here.\r\n");
    }
    forward_command(std::string{command->tag} + " ENABLE" + kept + "\r\n", *command);
}

void Exchange::on_fetch_command() {
    const auto line =
        std::string_view{collected_command_}.substr(0, collected_command_.find('\n') + 1);
    const auto command = imap::read_command(line);
    auto fetch = imap::read_fetch_command(collected_command_);
    // We have asked for the literals: the server must neither ask again nor refuse them, and take
    // what is in them for commands (IMAP-05).
    const bool has_literals = line.size() != collected_command_.size();
    if (has_literals) {
        if (!fetch) return reply(command->tag, " BAD This FETCH can't be read.\r\n");
        collected_command_ = items_command(*fetch, fetch->tag, fetch->set, false);
    }
    if (!fetch) return forward_command(collected_command_, *command);
    auto plan = plan_fetch(*fetch);
    if (plan == FetchPlan::whole && all_at_hand(*fetch)) plan = FetchPlan::probe;
    switch (plan) {
        case FetchPlan::forward:
        case FetchPlan::whole:
            if (needs_uids(*fetch, plan)) break;
            return forward_command(collected_command_, *imap::read_command(collected_command_));
        case FetchPlan::refuse:
            return reply(command->tag, " BAD An item of this FETCH is not available here.\r\n");
        case FetchPlan::list:
        case FetchPlan::probe:
            break;
    }
    waiting_fetch_.emplace(WaitingFetch{std::move(*fetch), collected_command_, plan});
}

/// What is known of a message is known by its UID: it must be there when the message's flags or the
/// message are shown. Whether it is asked for depends on the command, and on what was asked before.
bool Exchange::needs_uids(const imap::FetchCommand& command, FetchPlan plan) const {
    if (!settings_.keywords || command.by_uid || asks_for(command, imap::DataItem::uid))
        return false;
    if (plan != FetchPlan::whole && !asks_for(command, imap::DataItem::flags)) return false;
    if (command.set.is_saved_result()) return true;  // only the server knows which (RFC 5182)
    const auto numbers = command.set.numbers(limits::known_set);
    return !numbers || std::any_of(numbers->begin(), numbers->end(), [this](std::uint32_t number) {
        return !mailbox_.uid_of(imap::SequenceNumber{number});
    });
}

/// True if all that the command names is at hand, and S/MIME, so that the server need not send it
/// again, nor hear by that what opened (promise 4).
bool Exchange::all_at_hand(const imap::FetchCommand& command) const {
    if (!command.modifiers.empty() || command.set.is_saved_result()) return false;
    const auto numbers = command.set.numbers(limits::batch_messages);
    return numbers && !numbers->empty() &&
           std::all_of(numbers->begin(), numbers->end(), [&](std::uint32_t value) {
               auto uid = std::optional{imap::Uid{value}};
               if (!command.by_uid) uid = mailbox_.uid_of(imap::SequenceNumber{value});
               const auto* digest = uid ? mailbox_.digest_of(*uid) : nullptr;
               const auto items = digest ? cache_.find(*digest) : nullptr;
               return items && !items->is_untouched();
           });
}

void Exchange::probe_uids(std::string_view set) {
    uid_probe_.emplace(tags_.next(), set, to_server_,
                       [this](imap::SequenceNumber number, imap::Uid uid) {
                           mailbox_.learn_number(number, uid);
                           note_uid(number, uid);
                       });
}

void Exchange::start_waiting() {
    if (task_ && task_->done()) task_.reset();
    if (search_ && search_->done()) search_.reset();
    if (runs_alone() || !with_server_.empty() || inside_response_) return;
    if (waiting_fetch_) start_waiting_fetch();
    if (waiting_search_) start_waiting_search();
}

void Exchange::start_waiting_fetch() {
    const bool forwards =
        waiting_fetch_->plan == FetchPlan::forward || waiting_fetch_->plan == FetchPlan::whole;
    if (forwards && !waiting_fetch_->knows_uids) {
        waiting_fetch_->knows_uids = true;
        return probe_uids(waiting_fetch_->command.set.text());
    }
    auto waiting = std::move(*waiting_fetch_);
    waiting_fetch_.reset();
    if (forwards) return forward_command(waiting.original, *imap::read_command(waiting.original));
    task_.emplace(fetch_context(), std::move(waiting.command), std::move(waiting.original),
                  waiting.plan == FetchPlan::probe);
    if (task_->done()) task_.reset();
}

/// Says something to the client between two responses of the server.
void Exchange::reply(std::string_view tag, std::string_view text) {
    replies_ += tag;
    replies_ += text;
    if (!inside_response_) to_client_.write(std::exchange(replies_, {}));
}

}  // namespace proxy
