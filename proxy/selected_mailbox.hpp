#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "imap/response.hpp"

namespace proxy {

/// SelectedMailbox follows which mailbox is selected, and its UIDVALIDITY, through the commands of
/// a client and the responses of a server, in the order of whoever shows it the responses
/// (RFC 9051, 6.3.2).
class SelectedMailbox {
public:
    /// The client selects a mailbox, of an empty name if that could not be read; or, without a
    /// name, leaves the one that is selected.
    void on_command(std::string_view tag, std::optional<std::string> name);
    /// True if the mailbox is another one now, or none.
    bool on_response(const imap::Response& response);

    /// Names the mailbox and its UIDVALIDITY; empty if none is selected, or nobody knows which.
    const std::string& key() const { return key_; }

private:
    std::map<std::string, std::optional<std::string>, std::less<>> asked_;  ///< by tag
    std::string validity_;
    std::string key_;
};

}  // namespace proxy
