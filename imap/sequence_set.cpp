#include "imap/sequence_set.hpp"

#include <algorithm>

namespace imap {
namespace {

///     seq-number = nz-number / "*"
///
/// The number 2^32-1, which clients write for "to the end", is not "*" ("500:4294967295" may be
/// empty, "500:*" never is). No mailbox reaches it, so that one less means the same.
std::optional<std::uint32_t> read_seq_number(Cursor& in) {
    if (in.special('*')) return SequenceSet::star;
    const auto number = in.nz_number();
    if (!number) return std::nullopt;
    return std::min(*number, SequenceSet::star - 1);
}

std::string text_of(std::uint32_t number) {
    return number == SequenceSet::star ? "*" : std::to_string(number);
}

}  // namespace

bool SequenceSet::contains(std::uint32_t number, std::uint32_t largest) const {
    return std::any_of(ranges_.begin(), ranges_.end(), [&](const Range& range) {
        const auto first = range.first == star ? largest : range.first;
        const auto last = range.last == star ? largest : range.last;
        return std::min(first, last) <= number && number <= std::max(first, last);
    });
}

std::optional<std::uint32_t> SequenceSet::single() const {
    if (ranges_.size() != 1) return std::nullopt;
    const auto& range = ranges_.front();
    if (range.first != range.last || range.last == star) return std::nullopt;
    return range.first;
}

std::optional<std::vector<std::uint32_t>> SequenceSet::numbers(std::size_t most) const {
    std::vector<std::uint32_t> all;
    for (const auto& range : ranges_) {
        if (range.last == star || range.last - range.first >= most - all.size())
            return std::nullopt;
        for (auto number = range.first; number <= range.last; ++number) all.push_back(number);
    }
    return all;
}

void SequenceSet::add(std::uint32_t number) {
    if (!ranges_.empty() && ranges_.back().last != star && ranges_.back().last + 1 == number) {
        ranges_.back().last = number;
    } else {
        ranges_.push_back({number, number});
    }
}

SequenceSet SequenceSet::take(std::size_t ranges) {
    const auto end =
        ranges_.begin() + static_cast<std::ptrdiff_t>(std::min(ranges, ranges_.size()));
    SequenceSet taken;
    taken.ranges_.assign(ranges_.begin(), end);
    ranges_.erase(ranges_.begin(), end);
    return taken;
}

std::string SequenceSet::text() const {
    if (is_saved_result_) return "$";
    std::string text;
    for (const auto& range : ranges_) {
        if (!text.empty()) text += ',';
        text += text_of(range.first);
        if (range.last != range.first) text += ':' + text_of(range.last);
    }
    return text;
}

///     sequence-set = (seq-number / seq-range) ["," sequence-set] / "$"
///     seq-range    = seq-number ":" seq-number
std::optional<SequenceSet> read_sequence_set(Cursor& in) {
    Cursor ahead = in;
    SequenceSet set;
    if (ahead.special('$')) {
        set.is_saved_result_ = true;
        in = ahead;
        return set;
    }
    do {
        const auto first = read_seq_number(ahead);
        if (!first) return std::nullopt;
        auto last = first;
        if (ahead.special(':')) last = read_seq_number(ahead);
        if (!last) return std::nullopt;
        set.ranges_.push_back({std::min(*first, *last), std::max(*first, *last)});
    } while (ahead.special(','));
    in = ahead;
    return set;
}

}  // namespace imap
