#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

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
    /// True if the mailbox is another one now, or none. One that is being selected is it from its
    /// UIDVALIDITY on: QRESYNC tells of its messages before the tagged response (RFC 7162,
    /// 3.2.5.1).
    bool on_response(const imap::Response& response);

    /// Names the mailbox and its UIDVALIDITY; empty if none is selected, or nobody knows which.
    const std::string& key() const { return key_; }

private:
    struct Asked {
        std::string tag;
        std::optional<std::string> name;
    };
    std::vector<Asked> asked_;  ///< in order
    std::string validity_;
    std::string key_;
    bool chosen_ = false;  ///< key_ is that of the mailbox that is being selected
};

}  // namespace proxy
