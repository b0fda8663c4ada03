#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace imap {

/// SearchCommand is SEARCH, SORT or THREAD, by number or by UID (RFC 9051, 6.4.4; RFC 5256;
/// RFC 5267), read as far as it takes to say its program with other keywords.
struct SearchCommand {
    enum class Kind { search, sort, thread };
    /// A KEYWORD or UNKEYWORD key of the program, and where it stands in it.
    struct KeywordKey {
        std::string keyword;
        bool negated = false;  ///< UNKEYWORD
        std::size_t offset = 0;
        std::size_t size = 0;
    };

    std::string tag;
    Kind kind = Kind::search;
    bool by_uid = false;
    /// What stands in RETURN (…), upper case; nothing without RETURN (RFC 4731).
    std::optional<std::vector<std::string>> result_options;
    std::string order;    ///< "(REVERSE DATE)" of SORT, "REFERENCES" of THREAD, as asked
    std::string charset;  ///< as asked; empty if none is named
    std::string program;  ///< its keys as asked, their literals in place
    std::vector<KeywordKey> keyword_keys;  ///< in order
};

/// Reads a whole command, its literals in place. Nothing if it is none, or can't be read: it has a
/// key that we do not know, say.
std::optional<SearchCommand> read_search_command(std::string_view message);

/// The program with ALL in place of every KEYWORD that has says true of, NOT ALL of the others, and
/// UNKEYWORD accordingly: the same search of messages that all have the same keywords.
std::string program_if(const SearchCommand& command,
                       const std::function<bool(std::string_view keyword)>& has);

/// A command as it can be sent to every server: each literal of it becomes a quoted string or,
/// where that can't hold it, a synchronizing literal, which ends a piece. The next piece may be
/// sent once the server has said "+" (RFC 9051, 4.3).
std::vector<std::string> command_pieces(std::string_view command);

}  // namespace imap
