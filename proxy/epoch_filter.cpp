#include "proxy/epoch_filter.hpp"

#include <algorithm>
#include <utility>

#include "imap/command.hpp"
#include "imap/letter_case.hpp"
#include "imap/mailbox_name.hpp"
#include "proxy/limits.hpp"

namespace proxy {
namespace {

using imap::UidValidity;

/// The place as it is in a text of which so many octets are gone; nothing if it is gone, too.
std::optional<imap::UidValidityPlace> behind(imap::UidValidityPlace place, std::size_t gone) {
    if (place.offset < gone) return std::nullopt;
    place.offset -= gone;
    return place;
}

}  // namespace

imap::Frame EpochFilter::from_client(const imap::Frame& frame) {
    imap::Frame out = frame;
    if (!epochs_) return out;
    if (frame.starts_message) begin_command(frame);
    if (!reading_) return out;
    if (frame.kind == imap::Frame::Kind::line_piece ||
        command_.size() + frame.octets.size() > limits::command) {
        // Nobody knows which mailbox it is; that a mailbox is selected is known all the same.
        if (*reading_ == Use::select) remember(Use::select, "");
        reading_.reset();
        return out;
    }
    command_ += frame.octets;
    if (frame.kind != imap::Frame::Kind::line) return out;
    switch (*reading_) {
        case Use::select:
            if (frame.ends_message) end_select(out);
            break;
        case Use::append:
        case Use::copy:
            if (auto mailbox = imap::read_destination_mailbox(command_)) {
                remember(*reading_, imap::mailbox_name(*mailbox));
                reading_.reset();
            }
            break;
        case Use::rename:
            if (const auto names = imap::read_rename(command_))
                remember(Use::rename, imap::mailbox_name(names->first),
                         imap::mailbox_name(names->second));
            break;
        case Use::close:
            break;
    }
    if (frame.ends_message) reading_.reset();
    return out;
}

void EpochFilter::begin_command(const imap::Frame& frame) {
    reading_.reset();
    command_.clear();
    const auto command =
        frame.kind == imap::Frame::Kind::literal ? std::nullopt : imap::read_command(frame.octets);
    if (!command) {
        // The server may read what we can't, and select a mailbox.
        imap::Cursor in{frame.octets};
        const auto tag = in.tag();
        tag_ = tag.value_or("");
        if (tag && in.sp()) remember(Use::select, "");
        return;
    }
    const auto& name = command->name;
    tag_ = command->tag;
    if (name == "SELECT" || name == "EXAMINE") reading_ = Use::select;
    if (name == "APPEND") reading_ = Use::append;
    if (name == "RENAME") reading_ = Use::rename;
    for (const std::string_view copies : {"COPY", "MOVE", "REPLACE"})
        if (name == copies || (name.starts_with("UID ") && name.ends_with(copies)))
            reading_ = Use::copy;
    if (name == "CLOSE" || name == "UNSELECT") remember(Use::close, "");
}

/// RFC 7162, 3.2.5: a server whose UIDVALIDITY is another one ignores all of the QRESYNC parameter.
/// So must it ignore one that names an old value of ours, which it can't know: it does not get it.
void EpochFilter::end_select(imap::Frame& frame) {
    const auto name = imap::read_selected_mailbox(command_).value_or("");
    const auto mailbox = imap::mailbox_name(name);
    remember(Use::select, mailbox);
    const auto found = imap::find_qresync(command_);
    if (!found || mailbox.empty()) return;
    const auto gone = command_.size() - frame.octets.size();
    const auto place = behind(found->validity, gone);
    if (!place || found->offset < gone) return;
    const auto server = epochs_->server_of(mailbox, found->validity.value);
    if (!server) {
        std::string without{frame.octets.substr(0, found->offset - gone)};
        without += "CONDSTORE";  // which QRESYNC implies
        without += frame.octets.substr(found->offset - gone + found->size);
        return replace(frame, std::move(without));
    }
    if (*server != place->value)
        replace(frame, imap::with_uid_validity(frame.octets, *place, *server));
}

void EpochFilter::remember(Use use, std::string mailbox, std::string new_name) {
    commands_.push_back({tag_, use, std::move(mailbox), std::move(new_name), std::nullopt});
    if (commands_.size() > limits::mailbox_commands) commands_.pop_front();
}

imap::Frame EpochFilter::from_server(const imap::Frame& frame) {
    imap::Frame out = frame;
    if (!epochs_) return out;
    if (frame.starts_message) {
        const auto numbered = frame.octets.size() > 2 && frame.octets.starts_with("* ") &&
                              frame.octets[2] >= '0' && frame.octets[2] <= '9';
        in_fetch_ = watches_ && !met_ && numbered && imap::begins_fetch_response(frame.octets);
        if (in_fetch_) trace_ = SmimeTrace{};
        in_status_ = imap::starts_with_in_any_case(frame.octets, "* STATUS ");
        status_.clear();
        if (!numbered && !in_status_ && frame.kind == imap::Frame::Kind::line) rewrite_code(out);
    }
    if (in_status_) rewrite_status(out);
    if (in_fetch_ && trace_.feed(frame.octets)) {
        in_fetch_ = false;
        on_smime();
    }
    return out;
}

void EpochFilter::rewrite_code(imap::Frame& frame) {
    const auto response = imap::read_response(frame.octets);
    if (!response) return;
    const auto place = imap::find_code_uid_validity(frame.octets, *response);
    const bool tagged = response->kind == imap::Response::Kind::tagged;
    if (place) {
        const bool selects = response->code == "UIDVALIDITY";
        const auto use = response->code == "COPYUID" ? Use::copy : Use::append;
        auto* command = tagged ? find(response->tag) : oldest(selects ? Use::select : use);
        if (command && !command->mailbox.empty()) {
            const auto value = selects ? epochs_->presented(command->mailbox, place->value)
                                       : presented(command->mailbox, place->value);
            if (selects) command->selected = Selected{command->mailbox, place->value, value};
            if (value != place->value)
                replace(frame, imap::with_uid_validity(frame.octets, *place, value));
        } else if (!command && selects && selected_) {  // it has changed under the session
            const auto value = epochs_->presented(selected_->mailbox, place->value);
            met_ = met_ && selected_->server == place->value;
            selected_ = Selected{selected_->mailbox, place->value, value};
            if (value != place->value)
                replace(frame, imap::with_uid_validity(frame.octets, *place, value));
        }
    }
    if (tagged) on_tagged(*response);
}

void EpochFilter::on_tagged(const imap::Response& response) {
    const auto found = std::find_if(commands_.begin(), commands_.end(),
                                    [&](const Command& each) { return each.tag == response.tag; });
    if (found == commands_.end()) return;
    const auto command = std::move(*found);
    commands_.erase(found);
    const bool ok = response.condition == imap::Response::Condition::ok;
    if (command.use == Use::rename && ok) epochs_->rename(command.mailbox, command.new_name);
    const bool leaves = command.use == Use::select || (command.use == Use::close && ok);
    if (!leaves || (!ok && command.mailbox.empty())) return;
    // A SELECT that fails leaves none selected (RFC 9051, 6.3.2).
    selected_ = ok ? command.selected : std::nullopt;
    met_ = false;
}

void EpochFilter::rewrite_status(imap::Frame& frame) {
    if (frame.kind == imap::Frame::Kind::line_piece ||
        status_.size() + frame.octets.size() > limits::command) {
        in_status_ = false;
        return;
    }
    status_ += frame.octets;
    if (!frame.ends_message) return;
    const auto found = imap::find_status_uid_validity(status_);
    if (!found) return;
    const auto place = behind(found->place, status_.size() - frame.octets.size());
    if (!place) return;
    const auto value = presented(imap::mailbox_name(found->mailbox), place->value);
    if (value != place->value) replace(frame, imap::with_uid_validity(frame.octets, *place, value));
}

EpochFilter::Command* EpochFilter::find(std::string_view tag) {
    const auto found = std::find_if(commands_.begin(), commands_.end(),
                                    [&](const Command& each) { return each.tag == tag; });
    return found == commands_.end() ? nullptr : &*found;
}

EpochFilter::Command* EpochFilter::oldest(Use use) {
    const auto found = std::find_if(commands_.begin(), commands_.end(),
                                    [&](const Command& each) { return each.use == use; });
    return found == commands_.end() ? nullptr : &*found;
}

UidValidity EpochFilter::presented(const std::string& mailbox, UidValidity server) {
    if (selected_ && selected_->mailbox == mailbox && selected_->server == server)
        return selected_->presented;
    return epochs_->presented(mailbox, server);
}

void EpochFilter::on_smime() {
    if (!epochs_ || !selected_ || std::exchange(met_, true)) return;
    epochs_->met(selected_->mailbox, selected_->server, selected_->presented);
}

void EpochFilter::replace(imap::Frame& frame, std::string octets) {
    rewritten_ = std::move(octets);
    frame.octets = rewritten_;
}

}  // namespace proxy
