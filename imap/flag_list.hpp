#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "imap/numbers.hpp"

namespace imap {

/// FlagListPlace is where a flag list stands in a line, its parentheses included:
///
///     flag-list = "(" [flag *(SP flag)] ")"
struct FlagListPlace {
    std::size_t offset = 0;
    std::size_t size = 0;
};

/// FetchFlagsReader finds the flag lists of one FETCH response line by line, while it streams
/// (RFC 9051, 7.5.2: FLAGS may stand before or behind a literal). Literals are not shown to it.
class FetchFlagsReader {
public:
    /// The first line of another response. False if it begins no FETCH response.
    bool begin(std::string_view line);
    /// A line behind a literal.
    void go_on(std::string_view line);

    const std::vector<FlagListPlace>& lists() const { return lists_; }  ///< of the last line
    SequenceNumber number() const { return number_; }                   ///< of UIDFETCH 0
    std::optional<Uid> uid() const { return uid_; }                     ///< if it has come

private:
    void read(std::string_view line, std::size_t offset);

    SequenceNumber number_;
    std::optional<Uid> uid_;
    std::vector<FlagListPlace> lists_;
    int depth_ = 0;  ///< parentheses open
};

/// The flag list of "* FLAGS (…)", or of a status response's code [PERMANENTFLAGS (…)]
/// (RFC 9051, 7.3.5 and 7.1).
std::optional<FlagListPlace> find_mailbox_flags(std::string_view line);
std::optional<FlagListPlace> find_permanent_flags(std::string_view line);

/// The list with the flags that keep says, in order, and then those added.
std::string edited_flag_list(std::string_view list,
                             const std::function<bool(std::string_view)>& keep,
                             const std::vector<std::string_view>& added);

}  // namespace imap
