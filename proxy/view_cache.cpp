#include "proxy/view_cache.hpp"

#include <algorithm>

namespace proxy {

ViewCache::ViewCache(std::size_t octets) : limit_{octets} {}

SharedItems ViewCache::find(const MessageDigest& digest) {
    const std::lock_guard lock{mutex_};
    const auto found = index_.find(digest);
    if (found == index_.end()) return nullptr;
    entries_.splice(entries_.begin(), entries_, found->second);
    return entries_.front().items;
}

void ViewCache::make_room(std::size_t octets) {
    const std::lock_guard lock{mutex_};
    forget_down_to(limit_ > octets ? limit_ - octets : 0);
}

void ViewCache::put(const MessageDigest& digest, SharedItems items) {
    const std::lock_guard lock{mutex_};
    if (index_.contains(digest)) return;
    octets_ += items->view().size();
    entries_.push_front(Entry{digest, std::move(items)});
    index_[digest] = entries_.begin();
    if (octets_ > limit_) forget_down_to(std::max(limit_, entries_.front().items->view().size()));
}

void ViewCache::forget_down_to(std::size_t octets) {
    while (octets_ > octets && !entries_.empty()) {
        octets_ -= entries_.back().items->view().size();
        index_.erase(entries_.back().digest);
        entries_.pop_back();
    }
}

}  // namespace proxy
