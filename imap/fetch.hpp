#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "imap/numbers.hpp"
#include "imap/section.hpp"

namespace imap {

/// The message data items (RFC 9051, 6.4.5 and 7.5.2; RFC 3516; RFC 8474; RFC 8970). RFC822.PEEK,
/// which an old Outlook sends, is rfc822 with peek.
enum class DataItem {
    flags,
    internal_date,
    uid,
    modseq,
    email_id,  ///< the server's, which promises the octets of the message (RFC 8474, 5.1)
    envelope,
    body,  ///< BODY without a section: the structure, not extensible
    body_structure,
    rfc822,
    rfc822_header,
    rfc822_text,
    rfc822_size,
    body_section,  ///< BODY[…] and BODY.PEEK[…]
    binary,        ///< BINARY[…] and BINARY.PEEK[…]
    binary_size,
    preview,
    snippet,  ///< SNIPPET and PREVIEW (FUZZY), of drafts of RFC 8970
    other,    ///< a name that we do not know: the server's own business
};

/// True for the items whose answer depends on what the message says. An EMAILID is the server's
/// still, where the message says something else.
bool depends_on_content(DataItem item);

/// MessageDataItemName is an item as a command asks for it.
struct MessageDataItemName {
    DataItem item = DataItem::other;
    bool peek = false;               ///< BODY.PEEK, BINARY.PEEK: does not set \Seen
    bool lazy = false;               ///< PREVIEW (LAZY): only what is at hand (RFC 8970, 3.2)
    SectionSpec section;             ///< of body_section, binary and binary_size
    std::optional<Partial> partial;  ///< of body_section and binary
    std::string text;                ///< as asked, octet for octet

    /// True if fetching this item sets \Seen (RFC 9051, 6.4.5; RFC 3501 for RFC822 and
    /// RFC822.TEXT).
    bool sets_seen() const;
};

std::optional<MessageDataItemName> read_message_data_item_name(Cursor& in);

/// MessageDataItem is an item as a response answers it. Views point into the response.
struct MessageDataItem {
    DataItem item = DataItem::other;
    SectionSpec section;
    std::optional<std::uint64_t> origin;  ///< "<offset>" of a partial answer
    std::string_view octets;              ///< name and value, as sent
    std::string_view value;               ///< the value alone, as sent
};

/// FetchResponse is "* n FETCH (…)" (RFC 9051, 7.5.2) or "* uid UIDFETCH (…)" (RFC 9586, 3.4).
struct FetchResponse {
    SequenceNumber number;  ///< of UIDFETCH 0
    std::vector<MessageDataItem> items;
    std::optional<Uid> by_uid;  ///< of UIDFETCH

    const MessageDataItem* find(DataItem item) const;  ///< the first such item, or null
    std::optional<Uid> uid() const;  ///< by which it is called, or among the items
};

/// Reads a whole FETCH response, its literals in place. Nothing if it is none or can't be read.
std::optional<FetchResponse> read_fetch_response(std::string_view response);

/// True if this line begins a FETCH response: "* n FETCH (" or "* n UIDFETCH (" (in any case).
bool begins_fetch_response(std::string_view line);

/// What a FETCH response has said when a line of it ends with a literal's announcement.
struct FetchResponseHead {
    SequenceNumber number;   ///< of UIDFETCH 0
    std::optional<Uid> uid;  ///< if it came before
    /// Whose value the literal is: item, section and origin; octets and value are empty.
    MessageDataItem announced;
    std::uint64_t literal = 0;  ///< its octets
    /// True if the literal is the value itself, not a part of it (an address in an ENVELOPE, say).
    bool is_value = false;
    std::size_t offset = 0;  ///< where the item begins, if the literal is its value
};

/// FetchHeadReader reads the beginnings of one FETCH response while it grows, so that the decision
/// to collect a literal can be made before it comes. It reads each octet once: a mail with ten
/// thousand odd names in its header makes as many literals in an ENVELOPE.
class FetchHeadReader {
public:
    /// Reads the response up to where it ends with "{n}" CRLF, earlier literals in place. It must
    /// begin with what it was the last time. Nothing if it can't be read, and then for good.
    std::optional<FetchResponseHead> read(std::string_view response);

private:
    std::optional<FetchResponseHead> read_on(std::string_view response);

    std::size_t read_ = 0;  // octets of the response: to an item's beginning, or into its value
    int open_lists_ = 0;    // parentheses open there: within the value of head_.announced
    FetchResponseHead head_;
    bool unreadable_ = false;
};

/// Reads the one head of a response, as FetchHeadReader does the first.
std::optional<FetchResponseHead> read_fetch_response_head(std::string_view response);

}  // namespace imap
