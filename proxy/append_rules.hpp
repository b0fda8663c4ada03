#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "keystore/keystore.hpp"
#include "proxy/config.hpp"
#include "proxy/opened_messages.hpp"

namespace proxy {

/// What a message that a client puts into a mailbox has to do with mail that was encrypted, as far
/// as its header tells (ST-09).
struct AppendedHeader {
    enum class Relation {
        none,
        copy,     ///< it has the field of a view of ours at its top
        derived,  ///< an encrypted message's Message-ID, or an answer to one
    };
    Relation relation = Relation::none;
    bool has_known_header = false;  ///< a view had the same: its octets will tell
    bool encrypted = false;         ///< it is encrypted itself
};

/// Reads the header (its blank line may be missing) of a message that is appended.
AppendedHeader read_appended_header(std::string_view header, const OpenedMessages& opened);

/// An encrypted message, or why there is none.
struct Encryption {
    std::string message;  ///< empty: not encrypted
    std::string problem;
};

/// AppendRules is what the owner wants of messages that clients put into mailboxes ([append]).
struct AppendRules {
    PlaintextCopies copies = PlaintextCopies::refuse;
    bool encrypts = false;  ///< what comes from encrypted mail
    bool all = false;       ///< and everything else
    std::size_t max_message = 0;
    std::shared_ptr<OpenedMessages> opened;
    /// Encrypts a message to the owner's own certificate. Any thread may call it.
    std::function<Encryption(std::string_view message)> encrypt;

    /// False: messages pass unread.
    bool guards() const { return opened && (encrypts || copies != PlaintextCopies::allow); }
    bool encrypts_this(AppendedHeader::Relation relation) const {
        return encrypts && (all || relation != AppendedHeader::Relation::none);
    }
};

/// The rules of a configuration. Without a key nothing was ever decrypted, and nothing is guarded.
AppendRules make_append_rules(const Config::Append& append, std::size_t max_message,
                              std::shared_ptr<const keystore::Keystore> keys,
                              std::shared_ptr<OpenedMessages> opened);

}  // namespace proxy
