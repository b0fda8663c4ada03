#pragma once

#include <span>
#include <string>
#include <string_view>

namespace imap {

/// What becomes of a capability of the server's.
enum class CapabilityFate {
    passed,     ///< the client sees it, and it is between client and server
    rewritten,  ///< the client sees it, and some of what it makes is answered or changed here
    hidden,
};

/// CapabilityRow says what becomes of a capability, and why.
struct CapabilityRow {
    std::string_view name;  ///< with a "*" for any octets; the first row that fits counts
    CapabilityFate fate;
    std::string_view why;
};

/// What the client may see of the server's capabilities (design, chapter 10). A capability that no
/// row names is hidden: what it means for views is not known. For people the same table stands in
/// imap/CAPABILITIES.md.
std::span<const CapabilityRow> capability_table();

/// True if a capability's meaning holds on views, so that the client may see it.
bool passes_capability(std::string_view capability);

/// A capability list ("IMAP4rev1 IDLE …", the words behind CAPABILITY, separated by single spaces)
/// without the capabilities that do not pass; the order is kept.
std::string filter_capabilities(std::string_view list);

/// The line with its capability list filtered: "* CAPABILITY …", or a status response with the code
/// "[CAPABILITY …]", tagged or not. Every other line comes back as it is, octet for octet.
std::string filter_capability_line(std::string_view line);

/// True if the line has a capability list (as above) that names the capability.
bool has_capability(std::string_view line, std::string_view capability);

/// The line with the capability at the end of its list, if it has a list.
std::string add_capability(std::string_view line, std::string_view capability);

}  // namespace imap
