#pragma once

#include <cstddef>
#include <list>
#include <map>
#include <memory>
#include <mutex>

#include "proxy/mailbox.hpp"
#include "proxy/message_items.hpp"

namespace proxy {

/// An opened message, shared by the sessions of an account while one of them answers from it.
using SharedItems = std::shared_ptr<const MessageItems>;

/// ViewCache keeps the messages that were opened last at hand, by the digest of what the server
/// has: a session that shows the digest has been given the message by the server. Bounded by octets
/// (the last one stays, however large). It belongs to one keystore and configuration. Any thread
/// may call it.
class ViewCache {
public:
    explicit ViewCache(std::size_t octets);

    SharedItems find(const MessageDigest& digest);  ///< null if it is not at hand
    /// Forgets what must go once a message of so many octets is put, so that they are not in memory
    /// together.
    void make_room(std::size_t octets);
    void put(const MessageDigest& digest, SharedItems items);

private:
    struct Entry {
        MessageDigest digest;
        SharedItems items;
    };
    void forget_down_to(std::size_t octets);

    std::mutex mutex_;
    std::size_t limit_;
    std::size_t octets_ = 0;
    std::list<Entry> entries_;  ///< last used first
    std::map<MessageDigest, std::list<Entry>::iterator> index_;
};

}  // namespace proxy
