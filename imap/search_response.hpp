#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace imap {

/// SearchResponse is "* SEARCH …" or "* SORT …" (RFC 3501, 7.2.5; RFC 5256, 4), or the ESEARCH in
/// place of either (RFC 9051, 7.3.4).
struct SearchResponse {
    std::vector<std::uint32_t> numbers;   ///< message numbers or UIDs, in the server's order
    std::optional<std::uint64_t> modseq;  ///< the highest of theirs (RFC 7162, 3.1.5)
};

/// True if a line begins an untagged SEARCH, SORT, THREAD or ESEARCH response.
bool begins_search_response(std::string_view line);

/// Reads a whole response. Nothing if it is none or can't be read.
std::optional<SearchResponse> read_search_response(std::string_view response);

/// Threads is "* THREAD …" (RFC 5256, 4): messages before those that answer them.
class Threads {
public:
    static constexpr std::size_t none = static_cast<std::size_t>(-1);
    struct Message {
        std::uint32_t number = 0;   ///< or UID; 0: a message that is not there, at a thread's head
        std::size_t parent = none;  ///< its index; none at a thread's head
    };

    std::vector<Message> messages;

    /// The messages that keep says true of; what stood below others comes in their place, and heads
    /// that lose their parent stay together below one that is not there (RFC 5256, 3: REFERENCES,
    /// step 4) or, of threads by subject, below the first of them (ORDEREDSUBJECT).
    Threads only(const std::vector<bool>& keep, bool by_subject) const;

    std::string text() const;  ///< "* THREAD (1 2)(3)", without line end
};

std::optional<Threads> read_thread_response(std::string_view response);

}  // namespace imap
