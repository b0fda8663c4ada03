#include "proxy/epoch_records.hpp"

#include <algorithm>

#include "proxy/limits.hpp"

namespace proxy {
namespace {

using Epoch = EpochRecords::Epoch;
using UidValidity = EpochRecords::UidValidity;

constexpr std::string_view unknown_views = "-";
constexpr std::uint32_t greatest = 0xffffffff;

UidValidity highest(const std::vector<Epoch>& epochs) {
    UidValidity value;
    for (const auto& epoch : epochs) value = std::max(value, epoch.presented);
    return value;
}

/// A value greater than all others. Behind the last there is none: then another one at least, which
/// makes clients fetch again, too.
UidValidity next(const std::vector<Epoch>& epochs, UidValidity least, std::uint32_t now) {
    const auto last = std::max(highest(epochs), least).value();
    if (last < greatest) return UidValidity{std::max(last + 1, std::min(now, limits::latest))};
    auto value = UidValidity{1};
    const auto is_taken = [&](const Epoch& epoch) {
        return epoch.presented == value || epoch.server == value;
    };
    while (std::any_of(epochs.begin(), epochs.end(), is_taken))
        value = UidValidity{value.value() + 1};
    return value;
}

/// Of two values for the same one of the server's: one below it was chosen when there was none
/// above any more.
bool is_later(const Epoch& a, const Epoch& b) {
    const bool a_is_below = a.presented < a.server;
    const bool b_is_below = b.presented < b.server;
    return a_is_below != b_is_below ? a_is_below : a.presented > b.presented;
}

Epoch* find_server(std::vector<Epoch>& epochs, UidValidity server) {
    const auto found = std::find_if(epochs.begin(), epochs.end(),
                                    [&](const Epoch& epoch) { return epoch.server == server; });
    return found == epochs.end() ? nullptr : &*found;
}

/// A name of the mailbox `from`, or of one below it: there something that is no part of a name's
/// level follows.
bool is_or_is_below(std::string_view name, std::string_view from) {
    if (!name.starts_with(from)) return false;
    return name.size() == from.size() ||
           std::string_view{"/.\\"}.find(name[from.size()]) != std::string_view::npos;
}

}  // namespace

UidValidity EpochRecords::presented(const Mailbox& mailbox, std::string_view views,
                                    UidValidity server, std::uint32_t now) {
    const auto found = mailboxes_.find(mailbox);
    const auto least =
        found == mailboxes_.end() ? floor_ : std::max(floor_, highest(found->second));
    if (found != mailboxes_.end()) {
        if (auto* epoch = find_server(found->second, server)) {
            if (epoch->views != views) renew(found->second, *epoch, views, now);
            return epoch->presented;
        }
    }
    if (server > least) return server;
    const auto& known = found == mailboxes_.end() ? std::vector<Epoch>{} : found->second;
    const auto value = next(known, least, now);
    // What can't be kept would be another value each time.
    return insert(mailbox, {server, value, std::string{views}}) ? value : server;
}

std::optional<UidValidity> EpochRecords::server_of(const Mailbox& mailbox, std::string_view views,
                                                   UidValidity presented, std::uint32_t now) {
    const auto found = mailboxes_.find(mailbox);
    if (found == mailboxes_.end())
        return presented > floor_ ? std::optional{presented} : std::nullopt;
    for (auto& epoch : found->second) {
        if (epoch.views != views) renew(found->second, epoch, views, now);
        if (epoch.presented == presented) return epoch.server;
    }
    if (find_server(found->second, presented)) return std::nullopt;
    const bool is_above = presented > std::max(floor_, highest(found->second));
    return is_above ? std::optional{presented} : std::nullopt;
}

void EpochRecords::met(const Mailbox& mailbox, std::string_view views, UidValidity server,
                       UidValidity presented) {
    const auto found = mailboxes_.find(mailbox);
    auto* epoch = found == mailboxes_.end() ? nullptr : find_server(found->second, server);
    if (!epoch) {
        insert(mailbox, {server, presented, std::string{views}});
        return;
    }
    // Under one value, views of two makes: whoever looks next takes another.
    if (epoch->presented == presented && epoch->views != views && epoch->views != unknown_views) {
        epoch->views = unknown_views;
        changed_ = true;
    }
}

void EpochRecords::renew(std::vector<Epoch>& epochs, Epoch& epoch, std::string_view views,
                         std::uint32_t now) {
    epoch.presented = next(epochs, std::max(floor_, epoch.server), now);
    epoch.views = views;
    changed_ = true;
}

std::size_t EpochRecords::renew(std::string_view account, std::string_view views,
                                std::uint32_t now) {
    std::size_t count = 0;
    for (auto& [mailbox, epochs] : mailboxes_) {
        if (mailbox.account != account) continue;
        for (auto& epoch : epochs) {
            if (epoch.views == views) continue;
            renew(epochs, epoch, views, now);
            ++count;
        }
    }
    return count;
}

void EpochRecords::rename(std::string_view account, std::string_view from, std::string_view to) {
    // INBOX stays, and its messages go (RFC 9051, 6.3.6).
    if (from.empty() || from == "INBOX" || from == to) return;
    std::vector<std::pair<Mailbox, Epoch>> copies;
    for (const auto& [mailbox, epochs] : mailboxes_) {
        if (mailbox.account != account || !is_or_is_below(mailbox.name, from)) continue;
        const Mailbox renamed{mailbox.account,
                              std::string{to}.append(mailbox.name.substr(from.size()))};
        for (const auto& epoch : epochs) copies.emplace_back(renamed, epoch);
    }
    for (auto& [mailbox, epoch] : copies) {
        const auto found = mailboxes_.find(mailbox);
        if (found == mailboxes_.end() || !find_server(found->second, epoch.server))
            insert(mailbox, std::move(epoch));
    }
}

bool EpochRecords::insert(const Mailbox& mailbox, Epoch epoch) {
    if (mailbox.name.size() > limits::epoch_name) return false;
    if (!mailboxes_.contains(mailbox) && mailboxes_.size() >= limits::epoch_mailboxes) return false;
    auto& epochs = mailboxes_[mailbox];
    // The greatest value is what the next must be greater than: another one goes.
    if (epochs.size() >= limits::epochs) {
        epochs.erase(std::min_element(
            epochs.begin(), epochs.end(),
            [](const Epoch& a, const Epoch& b) { return a.presented < b.presented; }));
    }
    epochs.push_back(std::move(epoch));
    changed_ = true;
    return true;
}

void EpochRecords::merge(const EpochRecords& other) {
    floor_ = std::max(floor_, other.floor_);
    for (const auto& [mailbox, epochs] : other.mailboxes_) {
        for (const auto& theirs : epochs) {
            const auto found = mailboxes_.find(mailbox);
            auto* ours =
                found == mailboxes_.end() ? nullptr : find_server(found->second, theirs.server);
            if (!ours) {
                insert(mailbox, theirs);
            } else if (is_later(theirs, *ours)) {
                *ours = theirs;
                changed_ = true;
            } else if (theirs.presented == ours->presented && theirs.views != ours->views) {
                ours->views = unknown_views;
                changed_ = true;
            }
        }
    }
}

void EpochRecords::doubt(std::uint32_t now) {
    for (auto& [mailbox, epochs] : mailboxes_)
        for (auto& epoch : epochs) epoch.views = unknown_views;
    const auto ahead = std::min(now, limits::latest) + limits::ahead;
    floor_ = std::max(floor_, UidValidity{ahead});
    changed_ = true;
}

const std::vector<Epoch>* EpochRecords::find(const Mailbox& mailbox) const {
    const auto found = mailboxes_.find(mailbox);
    return found == mailboxes_.end() ? nullptr : &found->second;
}

}  // namespace proxy
