#pragma once

#include <chrono>
#include <cstddef>

/// Every limit of this folder, with the reason for its number.
namespace smime::limits {

/// A message that is opened. Mail servers commonly accept 25 to 50 MB; base64 adds a third (ENC-15,
/// IMAP-01).
inline constexpr std::size_t message = 150 * 1024 * 1024;

/// Cryptographic layers in one another (ENC-15). A triple wrap has three; a server that encrypts at
/// rest adds one.
inline constexpr int layers = 8;

/// Compressed layers in a message (ENC-14). They are no cryptographic ones; nobody compresses
/// twice.
inline constexpr int compressed_layers = 1;

/// How many times larger than the compressed octets what they hold may be (ENC-14): text comes to
/// 10 or 20, a bomb to 1029.
inline constexpr std::size_t compression_ratio = 100;

/// RecipientInfos of one layer (ENC-15): a large mailing list; more is an attack on our time.
inline constexpr std::size_t recipients = 1000;

/// Private key operations for one message: two certificates may share a key identifier, and a
/// sender may name us twice.
inline constexpr std::size_t key_operations = 16;

/// Parts below plaintext that are looked into for encryption: nobody forwards more letters at once,
/// and each may cost key_operations (MIME-02).
inline constexpr std::size_t errant_layers = 8;

/// The text that a mailing list puts below a message: some lines on how to leave it.
inline constexpr std::size_t list_footer = 8 * 1024;

/// Boundaries tried for a multipart of our own. One clashes only by malice.
inline constexpr int boundaries = 16;

/// A sender's public key of key agreement: a point of P-521 has 133 octets, a finite field of 8192
/// bits 1030.
inline constexpr std::size_t originator_key = 2048;

/// User keying material of key agreement (RFC 5753, 7.2): senders take 64 octets, or none.
inline constexpr std::size_t user_keying_material = 4096;

/// Octets of attributes or a name that are brought into DER, which copies them.
inline constexpr std::size_t canonical = 64 * 1024;

/// Recipients that the report names where none of them is ours.
inline constexpr std::size_t named_recipients = 20;

/// SignerInfos of one layer: mailing lists and notaries add one or two.
inline constexpr std::size_t signers = 100;

/// A From field's value: longer ones name more than one author, or hide whom they name.
inline constexpr std::size_t from_field = 4096;

/// The time between signing and the Date field that needs no explanation, and how far a signer's
/// clock may be ahead (SIG-08).
inline constexpr std::chrono::hours date_difference{24};
inline constexpr std::chrono::hours clock_ahead{1};

/// Octets of a line that may go out (RFC 5322, 2.1.1; MIME-09).
inline constexpr std::size_t line = 998;

/// Octets of what a certificate says that get into a status field (ST-02).
inline constexpr std::size_t presented_text = 200;

/// Octets of the status fields of a clear-signed message's view: as many whatever they say, so that
/// its size is known before anybody has looked at the signature. All that they can say fits, but
/// for an issuer's name of two hundred quotation marks.
inline constexpr std::size_t signed_status = 1024;

/// MIME (MIME-10): Dovecot's own numbers for nesting and parts.
inline constexpr int mime_depth = 100;
inline constexpr std::size_t mime_parts = 10'000;

/// The header of a message or layer that is opened, in octets and fields: twenty relays that write
/// all they know leave a tenth of it.
inline constexpr std::size_t header_block = 1024 * 1024;
inline constexpr std::size_t header_fields = 10'000;
inline constexpr std::size_t parameters = 128;

/// HTML of one message that is written anew (ENC-05), without what is left out anyway; a newsletter
/// has a tenth of it. Beyond, only its text is delivered.
inline constexpr std::size_t html_octets = 4 * 1024 * 1024;
/// Encoded octets of one part of HTML that is read at all: reading takes five times its size.
/// Larger ones are called plain text as they stand.
inline constexpr std::size_t html_part = 16 * 1024 * 1024;
/// Tags of it. A newsletter has 2 000 to 5 000. Gumbo looks through all elements that are open for
/// each tag: so many in one another take it two seconds.
inline constexpr std::size_t html_tags = 30'000;
/// Octets of an attribute: the longest style that is of use.
inline constexpr std::size_t html_attribute = 4096;
/// Memory for the tree of one part: a newsletter takes 1 or 2 MiB.
inline constexpr std::size_t html_memory = 64 * 1024 * 1024;
/// Octets of the document that is written from it.
inline constexpr std::size_t html_document = 16 * 1024 * 1024;
/// Elements in one another, as browsers have it (Chromium: 512).
inline constexpr int html_depth = 256;

}  // namespace smime::limits
