#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <unordered_map>
#include <vector>

#include "imap/numbers.hpp"

namespace proxy {

/// SHA-256 of a message as the server has it.
using MessageDigest = std::array<std::uint8_t, 32>;

/// What a session knows of a message of its selected mailbox.
enum class MessageClass : std::uint8_t {
    unknown,     ///< not seen yet
    ordinary,    ///< no S/MIME at its root: the server's answers are the client's
    candidate,   ///< has an S/MIME root: answered from its view
    unopenable,  ///< a candidate that did not open: delivered as the server has it, all session
                 ///< long
};

/// Mailbox is the selected mailbox as the client knows it: which message has which number and UID,
/// and what we have learnt of each. Numbers follow the EXPUNGEs that the client has been told of
/// (RFC 9051, 7.5.1).
class Mailbox {
public:
    void clear();
    void learn(imap::SequenceNumber number, imap::Uid uid, MessageClass what);
    void learn_number(imap::SequenceNumber number, imap::Uid uid);
    void expunge(imap::SequenceNumber number);
    /// VANISHED without (EARLIER) names no numbers: all of them are forgotten (RFC 7162, 3.2.10),
    /// what is known by UID stays. Without numbers it is forgotten which messages there are.
    void forget_numbers();
    /// UIDONLY (RFC 9586): messages have no numbers.
    void have_no_numbers() { has_numbers_ = false; }
    bool has_numbers() const { return has_numbers_; }

    /// True once a candidate was met.
    bool has_candidates() const { return has_candidates_; }
    void note_candidate() { has_candidates_ = true; }

    MessageClass class_of(imap::Uid uid) const;
    std::optional<imap::Uid> uid_of(imap::SequenceNumber number) const;
    /// 0 for all if messages have no numbers.
    std::optional<imap::SequenceNumber> number_of(imap::Uid uid) const;

    void opened(imap::Uid uid, const MessageDigest& digest);
    void could_not_be_opened(imap::Uid uid);
    /// The digest of a message that was opened in this session, or null.
    const MessageDigest* digest_of(imap::Uid uid) const;

private:
    std::vector<std::uint32_t> uids_;  ///< by number - 1; 0: not known
    std::unordered_map<std::uint32_t, MessageClass> classes_;
    std::unordered_map<std::uint32_t, MessageDigest> digests_;
    bool has_candidates_ = false;
    bool has_numbers_ = true;
};

}  // namespace proxy
