#include "proxy/fetch_collector.hpp"

#include <algorithm>
#include <utility>

#include "imap/fetch.hpp"
#include "proxy/limits.hpp"

namespace proxy {
namespace {

/// Where the header ends, its blank line included; nothing if it has not come yet.
std::optional<std::size_t> header_end(std::string_view message, std::size_t from) {
    for (auto lf = message.find('\n', from); lf != std::string_view::npos;
         lf = message.find('\n', lf + 1)) {
        if (message.substr(lf + 1, 1) == "\n") return lf + 2;
        if (message.substr(lf + 1, 2) == "\r\n") return lf + 3;
    }
    return std::nullopt;
}

bool is_whole_message(const imap::MessageDataItem& item) {
    if (item.origin) return false;
    if (item.item == imap::DataItem::rfc822) return true;
    return item.item == imap::DataItem::body_section && item.section == imap::SectionSpec{};
}

}  // namespace

void FetchCollector::begin(Mode mode, std::size_t max_message, smime::Errant errant,
                           const Pushes* pushes) {
    mode_ = mode;
    state_ = State::holding;
    max_message_ = max_message;
    errant_ = errant;
    held_ = CollectedFetch{};
    heads_ = imap::FetchHeadReader{};
    released_.clear();
    uid_.reset();
    in_message_ = false;
    decided_ = false;
    pushes_ = pushes;
    pushed_ = nullptr;
    in_gap_ = false;
}

FetchCollector::Result FetchCollector::feed(const imap::Frame& frame) {
    released_.clear();
    now_ = {};
    switch (state_) {
        case State::streaming:
            now_ = frame.octets;
            return Result::forward;
        case State::dropping:
            return frame.ends_message ? Result::too_large : Result::dropped;
        case State::leaving_out:
            if (frame.ends_literal) state_ = State::holding;
            return Result::held;
        case State::holding:
            break;
    }
    return frame.kind == imap::Frame::Kind::literal ? literal(frame) : line(frame);
}

CollectedFetch FetchCollector::take() {
    return std::move(held_);
}

FetchCollector::Result FetchCollector::line(const imap::Frame& frame) {
    if (frame.kind == imap::Frame::Kind::line_piece ||
        held_.response.size() + frame.octets.size() > limit()) {
        return release(frame.octets);
    }
    if (pushes_ && !pushed_ && (pushed_ = pushes_->find(frame.octets))) mode_ = Mode::pushed;
    const auto octets = behind_gap(frame.octets);
    if (frame.ends_message && lets_ordinary_go() && !held_.candidate) return release(octets);
    append(octets);
    if (frame.ends_message) return Result::collected;
    const auto result = announced(frame.announces ? frame.announces->octets : 0);
    if (result == Result::forward) {
        released_ = std::move(held_.response);
        state_ = State::streaming;
    }
    return result;
}

/// A literal of this many octets comes next: forward lets the response go, held keeps it.
FetchCollector::Result FetchCollector::announced(std::uint64_t octets) {
    in_message_ = false;
    const auto head = heads_.read(held_.response);
    if (head) {
        if (head->uid) uid_ = head->uid;
        in_message_ = head->is_value && is_whole_message(head->announced);
        item_offset_ = head->offset;
    }
    if (pushed_ && head && head->is_value && pushed_->is_mark(head->announced)) return leave_out();
    if (in_message_ && mode_ == Mode::stream) return Result::forward;
    if (in_message_ && held_.message_size == 0) {
        if (octets > max_message_ && mode_ == Mode::message) {
            state_ = State::dropping;
            held_ = CollectedFetch{};
            return Result::dropped;
        }
        if (octets > max_message_ && pushed_ && !pushed_->has_message()) return leave_out();
        if (octets > max_message_) return Result::forward;
        held_.message_offset = held_.response.size();
        held_.message_size = static_cast<std::size_t>(octets);
        return Result::held;
    }
    if (lets_ordinary_go() && !held_.candidate) {
        return head && held_.response.size() + octets <= limits::header ? Result::held
                                                                        : Result::forward;
    }
    return held_.response.size() + octets <= limit() ? Result::held : Result::forward;
}

/// A response with a message may have items beside it (RFC822 beside BODY[], a long header).
std::uint64_t FetchCollector::limit() const {
    return mode_ == Mode::list ? limits::list_response : max_message_ + limits::list_response;
}

FetchCollector::Result FetchCollector::literal(const imap::Frame& frame) {
    if (!in_message_ || decided_) {
        append(frame.octets);
        return Result::held;
    }
    const auto so_far = held_.response.size() - held_.message_offset;
    if (so_far ==
        0) {  // most messages' headers come in one piece: an ordinary one goes on uncopied
        if (const auto end = header_end(frame.octets, 0)) {
            held_.candidate = smime::is_candidate(frame.octets.substr(0, *end), errant_);
            if (!held_.candidate && mode_ == Mode::sniff) return release(frame.octets);
            append(frame.octets);
            return decided(frame);
        }
    }
    append(frame.octets);
    const auto message = std::string_view{held_.response}.substr(held_.message_offset);
    const auto end = header_end(message, so_far > 3 ? so_far - 3 : 0);
    if (!end && !frame.ends_literal && message.size() <= limits::header) return Result::held;
    held_.candidate = message.size() <= limits::header && smime::is_candidate(message, errant_);
    if (end) held_.candidate = smime::is_candidate(message.substr(0, *end), errant_);
    return decided(frame);
}

/// The message's header, up to this frame, has told what it is.
FetchCollector::Result FetchCollector::decided(const imap::Frame& frame) {
    decided_ = true;
    if (held_.candidate) return Result::held;
    if (pushed_ && !pushed_->has_message()) {
        leave_out();
        if (frame.ends_literal) state_ = State::holding;
        return Result::held;
    }
    if (mode_ != Mode::sniff) return Result::held;
    released_ = std::move(held_.response);
    state_ = State::streaming;
    return Result::forward;
}

/// The item that the literal is the value of is not for the client, nor for anybody else.
FetchCollector::Result FetchCollector::leave_out() {
    held_.response.resize(item_offset_);
    held_.message_offset = 0;
    held_.message_size = 0;
    in_message_ = false;
    in_gap_ = true;
    state_ = State::leaving_out;
    return Result::held;
}

/// The line with no more space before it than there would be without the item that was left out.
std::string_view FetchCollector::behind_gap(std::string_view line) {
    if (!std::exchange(in_gap_, false)) return line;
    if (line.starts_with(' ')) {
        line.remove_prefix(1);
    } else if (held_.response.ends_with(' ')) {
        held_.response.pop_back();
    }
    return line;
}

/// True if a response is held for what may be in it, and goes on if it is not.
bool FetchCollector::lets_ordinary_go() const {
    return mode_ == Mode::sniff || mode_ == Mode::stream;
}

/// A large message takes its room in few steps, of which the last is exact: growing by doubling
/// would hold it twice. Not more than a small multiple of what has come is ever asked for.
void FetchCollector::append(std::string_view octets) {
    auto& response = held_.response;
    const auto needed = response.size() + octets.size();
    if (needed > response.capacity() && needed > limits::header) {
        const auto whole = held_.message_offset + held_.message_size + limits::greeting;
        response.reserve(std::max(needed, std::min(whole, 16 * needed)));
    }
    response += octets;
}

FetchCollector::Result FetchCollector::release(std::string_view octets) {
    released_ = std::move(held_.response);
    held_ = CollectedFetch{};
    now_ = octets;
    state_ = State::streaming;
    return Result::forward;
}

}  // namespace proxy
