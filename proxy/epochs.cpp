#include "proxy/epochs.hpp"

#include <algorithm>
#include <chrono>

#include "proxy/log.hpp"

namespace proxy {
namespace {

std::uint32_t seconds_since_1970() {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(now).count();
    return static_cast<std::uint32_t>(
        std::clamp<std::chrono::seconds::rep>(seconds, 0, 0xffffffff));
}

}  // namespace

std::shared_ptr<EpochStore> EpochStore::open(std::optional<std::filesystem::path> directory,
                                             Clock clock) {
    if (!clock) clock = seconds_since_1970;
    return std::shared_ptr<EpochStore>{new EpochStore{std::move(directory), std::move(clock)}};
}

EpochStore::EpochStore(std::optional<std::filesystem::path> directory, Clock clock)
    : clock_{std::move(clock)} {
    if (!directory) return;
    file_.emplace(std::move(*directory));
    std::string problem;
    records_ = file_->load(clock_(), problem);
    if (!problem.empty()) log::warn(problem);
    keep();
}

std::shared_ptr<Epochs> EpochStore::begin(const std::string& account, const std::string& views) {
    const std::lock_guard lock{mutex_};
    const auto count = records_.renew(account, views, clock_());
    if (count > 0) {
        log::info(account + ": S/MIME mail is shown otherwise than before; clients will fetch " +
                  std::to_string(count) + (count == 1 ? " mailbox" : " mailboxes") + " again");
    }
    keep();
    latest_[account] = ++begun_;
    std::shared_ptr<Epochs> epochs{new Epochs{shared_from_this(), account, views, begun_}};
    for (const auto& [mailbox, known] : records_.mailboxes()) {
        if (mailbox.account != account) continue;
        for (const auto& epoch : known)
            epochs->presented_[{mailbox.name, epoch.server}] = epoch.presented;
    }
    return epochs;
}

/// Before a value is told to anybody: who comes after us must not tell a lower one.
void EpochStore::keep() {
    if (!records_.take_changed() || !file_) return;
    const auto why = file_->save(records_, clock_());
    if (why.empty()) {
        told_ = false;
        return;
    }
    records_.set_changed();
    if (!std::exchange(told_, true)) {
        log::warn("which mailboxes hold S/MIME mail can't be recorded: " + why +
                  "; mail is read all the same, but clients may keep old views of it once keys or "
                  "settings have changed");
    }
}

Epochs::Epochs(std::shared_ptr<EpochStore> store, std::string account, std::string views,
               std::uint64_t number)
    : store_{std::move(store)},
      account_{std::move(account)},
      views_{std::move(views)},
      number_{number} {}

bool Epochs::is_latest() const {
    return store_->latest_.at(account_) == number_;
}

imap::UidValidity Epochs::presented(const std::string& mailbox, UidValidity server) {
    const std::lock_guard lock{store_->mutex_};
    if (is_latest()) {
        const auto value =
            store_->records_.presented(key(mailbox), views_, server, store_->clock_());
        store_->keep();
        if (value != server) presented_[{mailbox, server}] = value;
        return value;
    }
    const auto known = presented_.find({mailbox, server});
    return known == presented_.end() ? server : known->second;
}

std::optional<imap::UidValidity> Epochs::server_of(const std::string& mailbox,
                                                   UidValidity presented) {
    const std::lock_guard lock{store_->mutex_};
    if (is_latest()) {
        const auto value =
            store_->records_.server_of(key(mailbox), views_, presented, store_->clock_());
        store_->keep();
        return value;
    }
    for (const auto& [known, value] : presented_)
        if (known.first == mailbox && value == presented) return known.second;
    if (presented_.contains({mailbox, presented})) return std::nullopt;
    return presented;
}

void Epochs::met(const std::string& mailbox, UidValidity server, UidValidity presented) {
    const std::lock_guard lock{store_->mutex_};
    store_->records_.met(key(mailbox), views_, server, presented);
    store_->keep();
}

void Epochs::rename(const std::string& from, const std::string& to) {
    const std::lock_guard lock{store_->mutex_};
    store_->records_.rename(account_, from, to);
    store_->keep();
}

}  // namespace proxy
