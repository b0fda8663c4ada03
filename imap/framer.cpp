#include "imap/framer.hpp"

#include <algorithm>
#include <limits>
#include <utility>

#include "imap/letter_case.hpp"

namespace imap {

Framer::Framer(Side side, std::size_t line_limit)
    : side_{side}, line_limit_{std::max<std::size_t>(line_limit, 1)} {}

void Framer::push(std::string_view octets) {
    forget_emitted();
    if (input_.empty()) {
        input_ = octets;
        return;
    }
    std::string joined{input_};
    joined += octets;
    untaken_ = std::move(joined);
    input_ = untaken_;
}

std::optional<Frame> Framer::next() {
    forget_emitted();
    if (in_literal_ && literal_left_ == 0) return next_literal();
    if (input_.empty()) return std::nullopt;
    if (in_literal_) return next_literal();
    if (in_long_line_) return next_line_piece();
    return next_line();
}

void Framer::cancel_literal() {
    in_literal_ = false;
    literal_left_ = 0;
    starts_message_ = true;
}

std::optional<Frame> Framer::next_line() {
    const auto within_limit = input_.substr(0, line_limit_ - partial_.size());
    const auto lf = within_limit.find('\n');
    if (lf == std::string_view::npos) {
        if (partial_.size() + within_limit.size() == line_limit_) return begin_long_line();
        partial_ += take(within_limit.size());
        return std::nullopt;
    }
    const auto line = take_behind_partial(lf + 1);
    auto announces = read_literal_announcement(line);
    if (announces && can_announce_nothing(line)) announces.reset();
    return end_line(Frame::Kind::line, line, announces);
}

/// The first piece is as long as the limit however the octets came, so that what the line is taken
/// for does not depend on the network's packets.
Frame Framer::begin_long_line() {
    const auto piece = take_behind_partial(line_limit_ - partial_.size());
    in_long_line_ = true;
    long_line_announces_nothing_ = can_announce_nothing(piece);
    tail_.clear();
    remember_tail(piece);
    Frame frame;
    frame.kind = Frame::Kind::line_piece;
    frame.octets = piece;
    frame.starts_message = std::exchange(starts_message_, false);
    return frame;
}

Frame Framer::next_line_piece() {
    const auto lf = input_.find('\n');
    const bool ends = lf != std::string_view::npos;
    const auto piece = take(ends ? lf + 1 : input_.size());
    remember_tail(piece);
    if (ends) {
        in_long_line_ = false;
        auto announces = read_literal_announcement(tail_);
        if (long_line_announces_nothing_) announces.reset();
        return end_line(Frame::Kind::line_piece, piece, announces);
    }
    Frame frame;
    frame.kind = Frame::Kind::line_piece;
    frame.octets = piece;
    return frame;
}

Frame Framer::next_literal() {
    Frame frame;
    frame.kind = Frame::Kind::literal;
    frame.octets =
        take(static_cast<std::size_t>(std::min<std::uint64_t>(literal_left_, input_.size())));
    literal_left_ -= frame.octets.size();
    in_literal_ = literal_left_ > 0;
    frame.ends_literal = !in_literal_;
    return frame;
}

Frame Framer::end_line(Frame::Kind kind, std::string_view octets,
                       std::optional<LiteralAnnouncement> announces) {
    Frame frame;
    frame.kind = kind;
    frame.octets = octets;
    frame.announces = announces;
    frame.starts_message = starts_message_;
    frame.ends_message = !announces;
    in_literal_ = announces.has_value();
    literal_left_ = announces ? announces->octets : 0;
    starts_message_ = frame.ends_message;
    return frame;
}

bool Framer::can_announce_nothing(std::string_view line) const {
    return side_ == Side::server && starts_message_ && is_status_or_continuation(line);
}

std::string_view Framer::take(std::size_t octets) {
    const auto taken = input_.substr(0, octets);
    input_.remove_prefix(octets);
    return taken;
}

std::string_view Framer::take_behind_partial(std::size_t octets) {
    if (partial_.empty()) return take(octets);
    partial_ += take(octets);
    partial_emitted_ = true;
    return partial_;
}

/// Keeps of a long line's end what an announcement can consist of, leading zeros left out: a few
/// octets, however long a line of digits is.
void Framer::remember_tail(std::string_view piece) {
    constexpr std::size_t longest = sizeof "~{09223372036854775807+}\r\n";
    const auto other = piece.find_last_not_of("~{0123456789+}\r\n");
    if (other != std::string_view::npos) tail_.clear();
    tail_ += other == std::string_view::npos ? piece : piece.substr(other + 1);

    const auto brace = tail_.rfind('{');
    if (brace == std::string::npos) {
        tail_ = tail_.ends_with('~') ? "~" : "";
        return;
    }
    const auto zeros = brace + 1;
    const auto digits = std::min(tail_.find_first_not_of('0', zeros), tail_.size());
    if (digits > zeros) tail_.replace(zeros, digits - zeros, "0");
    tail_.erase(0, brace > 0 && tail_[brace - 1] == '~' ? brace - 1 : brace);
    if (tail_.size() > longest) tail_.clear();
}

void Framer::forget_emitted() {
    if (partial_emitted_) partial_.clear();
    partial_emitted_ = false;
}

std::optional<LiteralAnnouncement> read_literal_announcement(std::string_view line) {
    if (!line.ends_with('\n')) return std::nullopt;
    line.remove_suffix(1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (!line.ends_with('}')) return std::nullopt;
    line.remove_suffix(1);

    LiteralAnnouncement announcement;
    if (line.ends_with('+')) {
        announcement.synchronizing = false;
        line.remove_suffix(1);
    }
    const auto brace = line.find_last_not_of("0123456789");
    if (brace == std::string_view::npos || line[brace] != '{') return std::nullopt;
    const auto digits = line.substr(brace + 1);
    if (digits.empty()) return std::nullopt;
    constexpr std::uint64_t largest = std::numeric_limits<std::int64_t>::max();
    for (const char c : digits) {
        const auto digit = static_cast<std::uint64_t>(c - '0');
        if (announcement.octets > (largest - digit) / 10) return std::nullopt;
        announcement.octets = announcement.octets * 10 + digit;
    }
    announcement.binary = brace > 0 && line[brace - 1] == '~';
    return announcement;
}

bool is_status_or_continuation(std::string_view line) {
    if (line.starts_with('+')) return true;
    const auto tag_end = line.find(' ');
    if (tag_end == std::string_view::npos) return false;
    line.remove_prefix(tag_end + 1);
    const auto word = line.substr(0, line.find_first_of(" \r\n"));
    for (const std::string_view condition : {"OK", "NO", "BAD", "BYE", "PREAUTH"})
        if (same_in_any_case(word, condition)) return true;
    return false;
}

}  // namespace imap
