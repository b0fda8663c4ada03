#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "imap/fetch.hpp"
#include "proxy/message_items.hpp"

namespace proxy {

/// The FETCH response without the items that the client has not asked for; empty if none remains.
/// What remains is the server's, octet for octet.
std::string without_items(std::string_view response, const imap::FetchResponse& parsed,
                          const std::vector<imap::DataItem>& unasked);
std::string without_items(std::string_view response, const imap::FetchResponse& parsed,
                          const std::function<bool(const imap::MessageDataItem&)>& is_unasked);

/// The same with an RFC822.SIZE that is larger by so many octets, unless the message is larger than
/// max_message, and stays as it is.
std::string with_larger_size(const imap::FetchResponse& server,
                             const std::vector<imap::DataItem>& unasked, std::size_t larger_by,
                             std::size_t max_message);

/// A FETCH response of the server's items that do not depend on content (but for unasked), and of
/// these items from the view, those that it can't answer left out.
std::string compose_response(const imap::FetchResponse& server,
                             const std::vector<imap::DataItem>& unasked,
                             const std::vector<imap::MessageDataItemName>& names,
                             const MessageItems& view);

/// A FETCH response of the server's items that do not depend on content (but for unasked), and of a
/// PREVIEW that is not at hand (RFC 8970, 3.2).
std::string compose_without_preview(const imap::FetchResponse& server,
                                    const std::vector<imap::DataItem>& unasked);

/// The FETCH response with every item that depends on content answered from the view, in the
/// server's order.
std::string replace_items(const imap::FetchResponse& server, const MessageItems& view);

}  // namespace proxy
