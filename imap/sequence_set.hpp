#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "imap/cursor.hpp"

namespace imap {

/// SequenceSet is a set of message numbers or UIDs as a command names it (RFC 9051, section 9,
/// sequence-set): "1:4,7,12:*", or "$", the saved result of a SEARCH (RFC 5182), of which the
/// server alone knows the messages.
class SequenceSet {
public:
    /// A range with first <= last; 2^32-1 ("star") stands for "*".
    struct Range {
        std::uint32_t first = 0;
        std::uint32_t last = 0;
        bool operator==(const Range&) const = default;
    };
    static constexpr std::uint32_t star = 0xffffffff;

    const std::vector<Range>& ranges() const { return ranges_; }  ///< in the order as read
    bool empty() const { return ranges_.empty() && !is_saved_result_; }
    bool is_saved_result() const { return is_saved_result_; }  ///< "$": there are no ranges
    /// True if number is in the set, when "*" is largest (RFC 9051: "5:*" with largest 3 means
    /// 3:5).
    bool contains(std::uint32_t number, std::uint32_t largest) const;
    /// The number, if the set names exactly one and not by "*".
    std::optional<std::uint32_t> single() const;
    /// All numbers of the ranges, in order; nothing if they are more than most, or "*" is among
    /// them.
    std::optional<std::vector<std::uint32_t>> numbers(std::size_t most) const;
    void add(std::uint32_t number);  ///< joins the last range where it continues it
    /// Takes the first ranges out, so many at most.
    SequenceSet take(std::size_t ranges);
    std::string text() const;  ///< as a command would say it

    friend std::optional<SequenceSet> read_sequence_set(Cursor& in);

private:
    std::vector<Range> ranges_;
    bool is_saved_result_ = false;
};

std::optional<SequenceSet> read_sequence_set(Cursor& in);

}  // namespace imap
