#include "proxy/keyword_store.hpp"

#include "proxy/limits.hpp"

namespace proxy {

void KeywordStore::learn(const std::string& mailbox, imap::Uid uid, const Keywords& keywords) {
    if (mailbox.empty() || uid.value() == 0 || !keywords.any()) return;
    const std::lock_guard lock{mutex_};
    if (size_ >= limits::known_messages) return;
    const auto [place, is_new] = mailboxes_[mailbox].insert_or_assign(uid.value(), keywords);
    if (is_new) ++size_;
}

Keywords KeywordStore::find(const std::string& mailbox, imap::Uid uid) const {
    const std::lock_guard lock{mutex_};
    const auto messages = mailboxes_.find(mailbox);
    if (messages == mailboxes_.end()) return {};
    const auto message = messages->second.find(uid.value());
    return message == messages->second.end() ? Keywords{} : message->second;
}

}  // namespace proxy
