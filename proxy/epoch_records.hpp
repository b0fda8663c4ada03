#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "imap/numbers.hpp"

namespace proxy {

/// EpochRecords says which UIDVALIDITY clients are told in place of the server's (design, chapter
/// 6). There are records only of mailboxes in which S/MIME was met: all others present the
/// server's own. Once the views of such a mailbox are made otherwise than when they were shown, it
/// presents a greater value than ever before (RFC 9051, 2.3.1.1), and so when the server's own
/// becomes a lower one. A value is not lower than the time in seconds, so that even one that was
/// chosen after everything was forgotten is greater than those before. No I/O, no clock.
class EpochRecords {
public:
    using UidValidity = imap::UidValidity;
    struct Mailbox {
        std::string account;
        std::string name;  ///< as imap::mailbox_name() gives it
        auto operator<=>(const Mailbox&) const = default;
    };
    /// What the clients of a mailbox have been shown under one UIDVALIDITY of the server.
    struct Epoch {
        UidValidity server;
        UidValidity presented;
        std::string views;  ///< what decided them (view_fingerprint); "-" if nobody knows
        bool operator==(const Epoch&) const = default;
    };

    /// The value for clients, whose views are made so, of a mailbox whose server says server.
    UidValidity presented(const Mailbox& mailbox, std::string_view views, UidValidity server,
                          std::uint32_t now);
    /// The server's value that is presented as this one, or nothing: an old one, or never ours.
    std::optional<UidValidity> server_of(const Mailbox& mailbox, std::string_view views,
                                         UidValidity presented, std::uint32_t now);
    /// S/MIME was met in a mailbox, and shown or left closed, under this value.
    void met(const Mailbox& mailbox, std::string_view views, UidValidity server,
             UidValidity presented);
    /// The views of an account are made so from now on. Gives how many values that changes.
    std::size_t renew(std::string_view account, std::string_view views, std::uint32_t now);
    /// A mailbox, and those below it, have another name now. The old ones stay known: they may come
    /// to be again.
    void rename(std::string_view account, std::string_view from, std::string_view to);
    /// Takes over what another process has recorded; the later value counts.
    void merge(const EpochRecords& other);
    /// Records of any mailbox may be lost: each presents a greater value from now on.
    void doubt(std::uint32_t now);

    /// True if something has changed since this was last asked.
    bool take_changed() { return std::exchange(changed_, false); }
    void set_changed() { changed_ = true; }
    const std::map<Mailbox, std::vector<Epoch>>& mailboxes() const { return mailboxes_; }
    const std::vector<Epoch>* find(const Mailbox& mailbox) const;

    /// The records as a file's text, a checksum in every line.
    std::string text() const;
    /// Reads as many of a text's records as are sound. intact: all of them were.
    static EpochRecords read(std::string_view text, bool& intact);

private:
    void renew(std::vector<Epoch>& epochs, Epoch& epoch, std::string_view views, std::uint32_t now);
    /// False if there is no room for it.
    bool insert(const Mailbox& mailbox, Epoch epoch);

    std::map<Mailbox, std::vector<Epoch>> mailboxes_;
    /// What is chosen anew is greater than this, and what mailboxes without a record present: their
    /// records may be lost.
    UidValidity floor_;
    bool changed_ = false;
};

}  // namespace proxy
