#include "proxy/mailbox.hpp"

#include <algorithm>

#include "proxy/limits.hpp"

namespace proxy {

void Mailbox::clear() {
    *this = Mailbox{};
}

void Mailbox::learn(imap::SequenceNumber number, imap::Uid uid, MessageClass what) {
    if (what == MessageClass::candidate) note_candidate();
    learn_number(number, uid);
    if (classes_.size() >= limits::known_messages) return;
    auto& known = classes_[uid.value()];
    if (known != MessageClass::unopenable) known = what;
}

void Mailbox::learn_number(imap::SequenceNumber number, imap::Uid uid) {
    if (number.value() == 0 || number.value() > limits::known_messages) return;
    if (uids_.size() < number.value()) uids_.resize(number.value());
    uids_[number.value() - 1] = uid.value();
}

void Mailbox::expunge(imap::SequenceNumber number) {
    if (number.value() == 0 || number.value() > uids_.size()) return;
    uids_.erase(uids_.begin() + (number.value() - 1));
}

void Mailbox::forget_numbers() {
    uids_.clear();
    if (has_numbers_) return;
    std::erase_if(classes_,
                  [](const auto& known) { return known.second != MessageClass::unopenable; });
}

MessageClass Mailbox::class_of(imap::Uid uid) const {
    const auto found = classes_.find(uid.value());
    return found == classes_.end() ? MessageClass::unknown : found->second;
}

std::optional<imap::Uid> Mailbox::uid_of(imap::SequenceNumber number) const {
    if (number.value() == 0 || number.value() > uids_.size()) return std::nullopt;
    const auto uid = uids_[number.value() - 1];
    if (uid == 0) return std::nullopt;
    return imap::Uid{uid};
}

std::optional<imap::SequenceNumber> Mailbox::number_of(imap::Uid uid) const {
    if (!has_numbers_) return imap::SequenceNumber{};
    const auto found = std::find(uids_.begin(), uids_.end(), uid.value());
    if (uid.value() == 0 || found == uids_.end()) return std::nullopt;
    return imap::SequenceNumber{static_cast<std::uint32_t>(found - uids_.begin()) + 1};
}

void Mailbox::opened(imap::Uid uid, const MessageDigest& digest) {
    if (digests_.size() < limits::known_messages) digests_[uid.value()] = digest;
}

void Mailbox::could_not_be_opened(imap::Uid uid) {
    classes_[uid.value()] = MessageClass::unopenable;
}

const MessageDigest* Mailbox::digest_of(imap::Uid uid) const {
    const auto found = digests_.find(uid.value());
    return found == digests_.end() ? nullptr : &found->second;
}

}  // namespace proxy
