#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "proxy/epoch_file.hpp"
#include "proxy/epoch_records.hpp"

namespace proxy {

class Epochs;

/// EpochStore holds the EpochRecords of a process, and keeps them in a file where there is one. A
/// file that can't be read or written is never an error for those who read mail: what was recorded
/// counts as long as the process lives, and is kept once it can be. Any thread may call it.
class EpochStore : public std::enable_shared_from_this<EpochStore> {
public:
    using Clock = std::function<std::uint32_t()>;  ///< seconds since 1970

    /// directory: where they are kept (state_directory()); nothing: nowhere.
    static std::shared_ptr<EpochStore> open(std::optional<std::filesystem::path> directory,
                                            Clock clock = {});

    /// The sessions of an account that begin from now on make their views so (view_fingerprint).
    std::shared_ptr<Epochs> begin(const std::string& account, const std::string& views);

private:
    friend class Epochs;
    EpochStore(std::optional<std::filesystem::path> directory, Clock clock);
    void keep();

    Clock clock_;
    std::mutex mutex_;
    std::optional<EpochFile> file_;
    EpochRecords records_;
    std::map<std::string, std::uint64_t> latest_;  ///< by account: the Epochs that was begun last
    std::uint64_t begun_ = 0;
    bool told_ = false;  ///< that the records can't be kept
};

/// Epochs tells the sessions of an account, as long as its settings stand, which UIDVALIDITY their
/// clients see. Once other settings have come, the sessions that go on show views as before, and
/// the values that were presented then. Any thread may call it.
class Epochs {
public:
    using UidValidity = imap::UidValidity;

    /// mailbox: as imap::mailbox_name() gives it.
    UidValidity presented(const std::string& mailbox, UidValidity server);
    /// The server's value for one of a client's; nothing if it is not the one presented now.
    std::optional<UidValidity> server_of(const std::string& mailbox, UidValidity presented);
    /// S/MIME was met while these values stood: the mailbox is one whose views can change.
    void met(const std::string& mailbox, UidValidity server, UidValidity presented);
    void rename(const std::string& from, const std::string& to);

private:
    friend class EpochStore;
    Epochs(std::shared_ptr<EpochStore> store, std::string account, std::string views,
           std::uint64_t number);
    bool is_latest() const;
    EpochRecords::Mailbox key(const std::string& mailbox) const { return {account_, mailbox}; }

    std::shared_ptr<EpochStore> store_;
    std::string account_, views_;
    std::uint64_t number_;
    /// Values of the server that are presented as others.
    std::map<std::pair<std::string, UidValidity>, UidValidity> presented_;
};

}  // namespace proxy
