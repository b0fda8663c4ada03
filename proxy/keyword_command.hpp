#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace proxy {

/// A STORE or UID STORE without our keywords, so that the server does not hear of them (ST-03); one
/// of nothing else becomes a command with the same answer and no effect. Nothing: there are none in
/// it, or it can't be read. line is the whole command.
std::optional<std::string> store_without_keywords(std::string_view line);

/// A line of an APPEND without our keywords in its flag list (RFC 9051, 6.3.12; RFC 3502). Nothing:
/// there are none. first: the command's first line, and not one behind a literal.
std::optional<std::string> append_without_keywords(std::string_view line, bool first);

}  // namespace proxy
