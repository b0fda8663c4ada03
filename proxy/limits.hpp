#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

/// Every limit of this folder, with the reason for its number.
namespace proxy::limits {

/// One read from a socket: stays within a core's second cache. All sessions share the buffer, none
/// keeps what it has read.
inline constexpr std::size_t read = 128 * 1024;

/// An outbox above this makes its reader wait (back-pressure). Two reads keep both directions busy.
inline constexpr std::size_t outbox = 256 * 1024;

/// A writer that is busy keeps this much memory for its next octets, and an idle one none.
inline constexpr std::size_t kept = 1024 * 1024;
inline constexpr std::chrono::seconds moment{1};

/// What a gated client may send ahead while an earlier FETCH is being answered (mbsync sends 10 000
/// commands at once).
inline constexpr std::size_t backlog = 64 * 1024;

/// Commands that the server has yet to answer before the client is read on (mbsync has 10 000 under
/// way).
inline constexpr std::size_t commands_with_server = 20'000;

/// A FETCH, NOTIFY, ENABLE, SEARCH or SELECT command with its literals: read in full, so bounded. A
/// longer one that we should have to change ends the session, others are forwarded unread.
inline constexpr std::size_t command = 64 * 1024;

/// The header at the head of a message's literal, up to which we look for its Content-Type.
/// Messages with more are not candidates (MIME-10).
inline constexpr std::size_t header = 1024 * 1024;

/// A FETCH response of a listing (headers, structure), and any line of a server. A longer response
/// is forwarded as it is; a longer line in one ends the session, since flags may stand in it.
inline constexpr std::size_t list_response = 4 * 1024 * 1024;

/// A SEARCH response: some two million UIDs. More is no mailbox that anybody has.
inline constexpr std::size_t search_response = 16 * 1024 * 1024;

/// What of a listing waits behind its first candidate, so that all of it comes in the mailbox's
/// order: some 5000 messages. A server takes a second or two for so much.
inline constexpr std::size_t held_listing = 2 * 1024 * 1024;

/// Candidates fetched by one command of ours, and their octets: keeps the first answer near.
inline constexpr std::size_t batch_messages = 64;
inline constexpr std::size_t batch_octets = 8 * 1024 * 1024;

/// Messages of a set of which it is looked whether all are known: a larger set is asked about anew,
/// which is cheaper than it looks.
inline constexpr std::size_t known_set = 1000;

/// Ranges of a set that we name in a command: a mailbox of gaps makes thousands, and servers take
/// lines of 8 kB (RFC 7162, 4) or 64 kB (Dovecot).
inline constexpr std::size_t set_ranges = 300;

/// An offset into a message that no server has stored, and that an offset of 32 bits can say
/// (RFC 3501, section 9, number).
inline constexpr std::uint32_t mark = 4'000'000'000;

/// Messages collected and being opened before the server's side is read on (one is always allowed).
inline constexpr std::size_t open_octets = 16 * 1024 * 1024;

/// Opened messages at hand for an account: clients join pieces of many commands (imapflow 83
/// partials of one message).
inline constexpr std::size_t view_cache_octets = 64 * 1024 * 1024;

/// What PREVIEW may say (RFC 8970, 3.1), and the octets of a body that it is made of: HTML begins
/// with styles.
inline constexpr std::size_t preview_characters = 200;
inline constexpr std::size_t preview_source = 256 * 1024;

/// The octets of a view's body that go into its EMAILID: a hash of them takes 3 ms of the thread
/// that all sessions share.
inline constexpr std::size_t email_id_source = 1024 * 1024;

/// Messages whose class is remembered in a session. Beyond, they are asked about again.
inline constexpr std::size_t known_messages = 2'000'000;

/// Mailboxes with S/MIME whose UIDVALIDITY is recorded (Exchange users have thousands of folders),
/// octets of such a mailbox's name (RFC 9051 has no limit, servers have 255 to 1000), and values of
/// the server for one mailbox (it is made anew now and then, and users of one account may each have
/// theirs).
inline constexpr std::size_t epoch_mailboxes = 20'000;
inline constexpr std::size_t epoch_name = 1024;
inline constexpr std::size_t epochs = 8;

/// The file that they are kept in: all of the above with long names, and no more.
inline constexpr std::size_t epoch_file = 64 * 1024 * 1024;

/// How long another process may keep us from writing it: the writing takes milliseconds, and a
/// session waits for it.
inline constexpr int lock_tries = 25;
inline constexpr std::chrono::milliseconds lock_pause{4};

/// A clock that goes wrong must not use up the values of UIDVALIDITY, of which there are no more
/// behind 2^32-1: no time counts that is later than this (in 2096).
inline constexpr std::uint32_t latest = 4'000'000'000;

/// Seconds by which values that were chosen one after the other may have run ahead of the clock.
inline constexpr std::uint32_t ahead = 3600;

/// Commands of a client that are not answered yet and of which we remember the mailbox.
inline constexpr std::size_t mailbox_commands = 20'000;

/// What a server may say before TLS begins.
inline constexpr std::size_t greeting = 16 * 1024;

/// Messages that are recognised when a client puts their views somewhere: about 250 octets each.
inline constexpr std::size_t opened_messages = 20'000;

/// What of them can be put back as it was, for all accounts together; one message of it. Nearly all
/// encrypted mail is smaller; most copies are made soon after a message was read.
inline constexpr std::size_t originals = 32 * 1024 * 1024;
inline constexpr std::size_t original = 8 * 1024 * 1024;

/// The largest view that is known again by its octets: digesting more would delay its opening.
inline constexpr std::size_t fingerprinted = 16 * 1024 * 1024;

/// Message-IDs of a References field that are looked up, and the longest that is remembered.
inline constexpr std::size_t message_ids = 1000;
inline constexpr std::size_t message_id = 1000;

/// A tag and a command's name, by which a client is known to speak IMAP (LOC-05).
inline constexpr std::size_t first_words = 256;

/// A connection on which nobody has logged in for this long makes way for another.
inline constexpr std::chrono::seconds loitering{10};

/// A server that has vanished without a word is noticed within some 4 minutes (REL-03): asked after
/// so much silence, then so often, so many times.
inline constexpr int keepalive_idle = 120;
inline constexpr int keepalive_interval = 30;
inline constexpr int keepalive_probes = 4;

/// How long before a certificate ends `check` says so: to get the next one takes some weeks.
inline constexpr std::chrono::days end_notice{30};

/// Files of the folder that intermediates of messages are added to. Whoever corresponds with a
/// hundred organisations has that many; below keystore's limit for a folder.
inline constexpr std::size_t harvested = 500;

/// What is left to send when a side has gone must be out in this time.
inline constexpr std::chrono::seconds linger{10};

}  // namespace proxy::limits
