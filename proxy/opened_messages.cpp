#include "proxy/opened_messages.hpp"

#include "proxy/limits.hpp"

namespace proxy {
namespace {

template <class Map, class Key>
void count_down(Map& map, const Key& key) {
    const auto found = map.find(key);
    if (found != map.end() && --found->second == 0) map.erase(found);
}

}  // namespace

void OpenedMessages::learn(const smime::View& view, std::string_view original, bool encrypted) {
    if (view.size() > limits::fingerprinted) return;
    Entry entry;
    entry.fingerprint = MessageFingerprint::of(view.header(), view.body());
    const auto ids = message_ids(view.header(), "Message-ID");
    if (encrypted && !ids.empty() && ids.front().size() <= limits::message_id)
        entry.message_id = ids.front();
    entry.original.encrypted = encrypted;
    if (original.size() <= limits::original)
        entry.original.octets = std::make_shared<const std::string>(original);

    auto octets = std::move(entry.original.octets);
    const std::lock_guard lock{mutex_};
    Entry& known = entry_of(std::move(entry));
    if (octets && !known.original.octets) {
        originals_octets_ += octets->size();
        known.original.octets = std::move(octets);
        with_octets_.push_back(known.fingerprint.whole);
    }
    forget_originals();
    if (entries_.size() > limits::opened_messages) forget_oldest();
}

/// What is known of the same view already, or the entry.
OpenedMessages::Entry& OpenedMessages::entry_of(Entry entry) {
    const auto known = by_whole_.find(entry.fingerprint.whole);
    if (known != by_whole_.end()) return *known->second;
    entries_.push_front(std::move(entry));
    const Entry& learnt = entries_.front();
    by_whole_[learnt.fingerprint.whole] = entries_.begin();
    ++headers_[learnt.fingerprint.header];
    if (!learnt.message_id.empty()) ++encrypted_ids_[learnt.message_id];
    return entries_.front();
}

void OpenedMessages::forget_oldest() {
    const Entry& oldest = entries_.back();
    by_whole_.erase(oldest.fingerprint.whole);
    count_down(headers_, oldest.fingerprint.header);
    if (!oldest.message_id.empty()) count_down(encrypted_ids_, oldest.message_id);
    if (oldest.original.octets) originals_octets_ -= oldest.original.octets->size();
    entries_.pop_back();
}

/// An original goes before the knowledge of it.
void OpenedMessages::forget_originals() {
    while (originals_octets_ > limits::originals && !with_octets_.empty()) {
        const auto found = by_whole_.find(with_octets_.front());
        with_octets_.pop_front();
        if (found == by_whole_.end() || !found->second->original.octets) continue;
        originals_octets_ -= found->second->original.octets->size();
        found->second->original.octets = nullptr;
    }
}

bool OpenedMessages::has_header(const MessageDigest& header) const {
    const std::lock_guard lock{mutex_};
    return headers_.contains(header);
}

bool OpenedMessages::has_encrypted(std::string_view message_id) const {
    const std::lock_guard lock{mutex_};
    return encrypted_ids_.contains(message_id);
}

std::optional<OpenedMessages::Original> OpenedMessages::find(const MessageDigest& whole) const {
    const std::lock_guard lock{mutex_};
    const auto found = by_whole_.find(whole);
    if (found == by_whole_.end()) return std::nullopt;
    return found->second->original;
}

}  // namespace proxy
