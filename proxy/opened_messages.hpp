#pragma once

#include <cstddef>
#include <deque>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "proxy/message_fingerprint.hpp"
#include "smime/view.hpp"

namespace proxy {

/// OpenedMessages remembers by which views mail was opened since the program began, for all
/// accounts, so that a view that a client puts somewhere is recognised (ST-09). It holds digests
/// and originals as the servers have them, and no plaintext. Bounded by limits::opened_messages and
/// limits::originals; the oldest are forgotten. Any thread may call it.
class OpenedMessages {
public:
    /// encrypted: what the view shows was encrypted, and not only signed.
    void learn(const smime::View& view, std::string_view original, bool encrypted);

    /// True if a view had this header, but for what clients add: header_fingerprint().
    bool has_header(const MessageDigest& header) const;
    /// True if an encrypted message had this Message-ID.
    bool has_encrypted(std::string_view message_id) const;

    /// A message that was opened.
    struct Original {
        bool encrypted = false;
        std::shared_ptr<const std::string> octets;  ///< null: not at hand any more
    };
    /// The message whose view this is: MessageFingerprint::whole.
    std::optional<Original> find(const MessageDigest& whole) const;

private:
    struct Entry {
        MessageFingerprint fingerprint;
        std::string message_id;
        Original original;
    };
    Entry& entry_of(Entry entry);
    void forget_oldest();
    void forget_originals();

    mutable std::mutex mutex_;
    std::list<Entry> entries_;               ///< last learnt first
    std::deque<MessageDigest> with_octets_;  ///< of those whose originals are at hand, oldest first
    std::map<MessageDigest, std::list<Entry>::iterator> by_whole_;
    std::map<MessageDigest, std::size_t> headers_;  ///< how many entries have it
    std::map<std::string, std::size_t, std::less<>> encrypted_ids_;
    std::size_t originals_octets_ = 0;
};

}  // namespace proxy
