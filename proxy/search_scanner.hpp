#pragma once

#include <cstddef>
#include <string_view>

namespace proxy {

/// SearchScanner reads a SEARCH, SORT or THREAD as it comes, in pieces of any size, and tells if it
/// seems to name a keyword of ours: "KEYWORD" and behind it, in whatever form a string has,
/// "$SMIME-". Where it does not, the command is the server's. (A keyword that is written with
/// backslashes between its letters is its writer's own affair.)
class SearchScanner {
public:
    void read(std::string_view octets);
    bool found() const { return found_; }

private:
    void read(char c);

    std::size_t key_ = 0;    ///< characters of "KEYWORD" that have come
    bool in_value_ = false;  ///< behind it
    std::size_t value_ = 0;  ///< characters of "$SMIME-" that have come
    bool found_ = false;
};

}  // namespace proxy
