#include "proxy/keyword_filter.hpp"

#include "imap/cursor.hpp"
#include "imap/fetch.hpp"
#include "proxy/limits.hpp"
#include "proxy/protocol_error.hpp"

namespace proxy {
namespace {

bool is_foreign(std::string_view flag) {
    return !is_own_flag(flag);
}

bool has_own_flag(std::string_view list) {
    if (list.find('$') == std::string_view::npos) return false;
    bool has = false;
    imap::edited_flag_list(list, [&](std::string_view flag) { return has |= is_own_flag(flag); },
                           {});
    return has;
}

/// The line with another list in place of the one that stands there.
std::string with_list(std::string_view line, const imap::FlagListPlace& place,
                      std::string_view list) {
    std::string out{line.substr(0, place.offset)};
    return out.append(list).append(line.substr(place.offset + place.size));
}

}  // namespace

void KeywordFilter::rewrite(std::string& octets) {
    if (octets.empty()) return;
    // A large message stays where it is: nothing is copied before something changes.
    std::string out;
    std::size_t copied = 0;
    std::size_t position = 0;
    const bool in_place = held_ == 0;
    framer_.push(octets);
    while (const auto frame = framer_.next()) {
        const auto end = position + frame->octets.size();
        const auto other = rewritten(*frame);
        if (!in_place) {
            out += other ? std::string_view{*other} : frame->octets;
        } else if (other) {
            out.append(octets, copied, position - copied).append(*other);
            copied = end;
        }
        position = end;
    }
    // What is part of no frame yet comes with the rest of it.
    const auto pushed = held_ + octets.size();
    if (!in_place) {
        octets = std::move(out);
    } else if (copied > 0) {
        octets = out.append(octets, copied, position - copied);
    } else {
        octets.resize(position);
    }
    held_ = pushed - position;
}

std::optional<std::string> KeywordFilter::rewritten(const imap::Frame& frame) {
    if (frame.starts_message) {
        in_fetch_ = false;
        unread_ = false;
    }
    const bool is_piece = frame.kind == imap::Frame::Kind::line_piece;
    // Flags stand in it that nobody reads here: a server could say what we have never found.
    if (is_piece && (frame.starts_message ? imap::begins_fetch_response(frame.octets) : in_fetch_))
        throw ProtocolError{"the server sent a FETCH response with a line above " +
                            std::to_string(limits::list_response / (1024 * 1024)) +
                            " MiB, which can't be read"};
    unread_ = unread_ || is_piece;
    if (unread_ || frame.kind == imap::Frame::Kind::literal) return std::nullopt;
    if (frame.starts_message) return on_first_line(frame.octets);
    if (!in_fetch_) return std::nullopt;
    fetch_.go_on(frame.octets);
    return with_keywords(frame.octets, false);
}

std::string KeywordFilter::note(imap::SequenceNumber number, imap::Uid uid) const {
    if (!store_ || number.value() == 0) return {};
    return note_mark_ + std::to_string(number.value()) + ' ' + std::to_string(uid.value()) + "\r\n";
}

bool KeywordFilter::read_note(std::string_view line) {
    if (!store_ || !line.starts_with(note_mark_)) return false;
    imap::Cursor in{line.substr(note_mark_.size())};
    const auto number = in.nz_number();
    const auto uid = in.sp() ? in.nz_number() : std::nullopt;
    if (!number || !uid || !in.crlf()) return false;
    learn(imap::SequenceNumber{*number}, imap::Uid{*uid});
    return true;
}

void KeywordFilter::learn(imap::SequenceNumber number, imap::Uid uid) {
    if (number.value() == 0 || number.value() > limits::known_messages) return;
    if (uids_.size() < number.value()) uids_.resize(number.value());
    uids_[number.value() - 1] = uid;
}

std::optional<std::string> KeywordFilter::on_first_line(std::string_view line) {
    if (read_note(line)) return "";
    if (fetch_.begin(line)) {
        in_fetch_ = true;
        return with_keywords(line, true);
    }
    const auto response = imap::read_response(line);
    if (!response) return std::nullopt;
    if (mailbox_.on_response(*response)) {
        uids_.clear();
        announced_ = false;
    }
    if (response->kind == imap::Response::Kind::vanished && !response->earlier) uids_.clear();
    if (response->kind == imap::Response::Kind::expunge) {
        if (response->number > 0 && response->number <= uids_.size())
            uids_.erase(uids_.begin() + (response->number - 1));
    }
    const auto mailbox_flags = imap::find_mailbox_flags(line);
    const auto place = mailbox_flags ? mailbox_flags : imap::find_permanent_flags(line);
    if (!place) return std::nullopt;
    const auto list = line.substr(place->offset, place->size);
    auto& last = mailbox_flags ? flags_ : permanent_flags_;
    last = imap::edited_flag_list(list, is_foreign, {});
    const bool adds = announced_ && (mailbox_flags || last.size() > 2);
    if (adds)
        return with_list(line, *place,
                         imap::edited_flag_list(last, is_foreign, all_keyword_flags()));
    if (!has_own_flag(list)) return std::nullopt;
    return with_list(line, *place, last);
}

std::optional<std::string> KeywordFilter::with_keywords(std::string_view line, bool may_announce) {
    const auto keywords = keywords_of_message();
    std::optional<std::string> out;
    const auto& lists = fetch_.lists();
    for (auto place = lists.rbegin(); place != lists.rend(); ++place) {
        const auto list = line.substr(place->offset, place->size);
        if (!keywords.any() && !has_own_flag(list)) continue;
        const auto edited = imap::edited_flag_list(list, is_foreign, flags_of(keywords));
        out = with_list(out ? std::string_view{*out} : line, *place, edited);
    }
    if (out && keywords.any() && may_announce && !announced_) {
        announced_ = true;
        out->insert(0, announcement());
    }
    return out;
}

/// As a server tells of a keyword that is new in a mailbox (RFC 9051, 7.3.5).
std::string KeywordFilter::announcement() {
    std::string lines =
        "* FLAGS " + imap::edited_flag_list(flags_, is_foreign, all_keyword_flags()) + "\r\n";
    if (permanent_flags_.size() > 2) {
        lines += "* OK [PERMANENTFLAGS " +
                 imap::edited_flag_list(permanent_flags_, is_foreign, all_keyword_flags()) +
                 "] Flags permitted.\r\n";
    }
    return lines;
}

Keywords KeywordFilter::keywords_of_message() {
    if (!store_ || mailbox_.key().empty()) return {};
    const auto number = fetch_.number().value();
    if (const auto uid = fetch_.uid()) {
        learn(fetch_.number(), *uid);
        return store_->find(mailbox_.key(), *uid);
    }
    if (number == 0 || number > uids_.size()) return {};
    return store_->find(mailbox_.key(), uids_[number - 1]);
}

}  // namespace proxy
