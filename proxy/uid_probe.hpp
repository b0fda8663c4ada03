#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "imap/fetch.hpp"
#include "proxy/outgoing.hpp"

namespace proxy {

/// UidProbe asks the server for the UIDs of messages that a client names by number: what is known
/// of a message is known by its UID. It is a FETCH by number, so that no message moves meanwhile
/// (RFC 9051, 7.5.1), runs alone, and the client hears nothing of it.
class UidProbe {
public:
    /// Sends the command. learn is called with what the server answers.
    UidProbe(std::string tag, std::string_view set, std::string& to_server,
             std::function<void(imap::SequenceNumber, imap::Uid)> learn);

    /// A FETCH response. What the server tells in it of its own accord is the client's.
    void on_fetch(std::string_view response, Outgoing& to_client) const;
    bool awaits(std::string_view tag) const { return tag == tag_; }

private:
    std::string tag_;
    std::function<void(imap::SequenceNumber, imap::Uid)> learn_;
};

}  // namespace proxy
