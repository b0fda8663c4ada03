#pragma once

#include <map>
#include <mutex>
#include <string>
#include <unordered_map>

#include "imap/numbers.hpp"
#include "proxy/keywords.hpp"

namespace proxy {

/// KeywordStore remembers which keywords the messages of an account have, for all of its sessions
/// and as long as its settings stand: a keyword that a client has seen is there the next time, too
/// (ST-03). A mailbox is named as SelectedMailbox does. Bounded by limits::known_messages; beyond,
/// nothing new is remembered. Any thread may call it.
class KeywordStore {
public:
    void learn(const std::string& mailbox, imap::Uid uid, const Keywords& keywords);
    Keywords find(const std::string& mailbox, imap::Uid uid) const;

private:
    mutable std::mutex mutex_;
    std::map<std::string, std::unordered_map<std::uint32_t, Keywords>> mailboxes_;
    std::size_t size_ = 0;
};

}  // namespace proxy
