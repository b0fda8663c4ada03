#pragma once

#include <string>
#include <string_view>

namespace imap {

/// True if a capability's meaning holds on views, so that the client may see it (design, chapter
/// 10; the table with the reasons stands in the .cpp file).
bool passes_capability(std::string_view capability);

/// A capability list ("IMAP4rev1 IDLE …", the words behind CAPABILITY, separated by single spaces)
/// without the capabilities that do not pass; the order is kept.
std::string filter_capabilities(std::string_view list);

/// The line with its capability list filtered: "* CAPABILITY …", or a status response with the code
/// "[CAPABILITY …]", tagged or not. Every other line comes back as it is, octet for octet.
std::string filter_capability_line(std::string_view line);

}  // namespace imap
