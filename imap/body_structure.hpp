#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "imap/cursor.hpp"
#include "imap/writer.hpp"

namespace imap {

using NString = std::optional<std::string>;  ///< nstring: nothing is NIL

/// Address is one address of an ENVELOPE (RFC 9051, 7.5.2). A group begins with one whose host is
/// NIL and whose mailbox is its name, and ends with one of which all is NIL.
struct Address {
    NString name;
    NString adl;
    NString mailbox;
    NString host;
    bool operator==(const Address&) const = default;
};

/// Envelope is a message's ENVELOPE (RFC 9051, 7.5.2). An empty address list is NIL.
struct Envelope {
    NString date;
    NString subject;
    std::vector<Address> from, sender, reply_to, to, cc, bcc;
    NString in_reply_to;
    NString message_id;
    bool operator==(const Envelope&) const = default;
};

using BodyParameters = std::vector<std::pair<std::string, std::string>>;

struct BodyDisposition {
    std::string type;
    BodyParameters parameters;
    bool operator==(const BodyDisposition&) const = default;
};

/// BodyStructure is one part of a message (RFC 9051, 7.5.2, body).
struct BodyStructure {
    std::string type;  ///< of a multipart: "multipart"
    std::string subtype;
    BodyParameters parameters;  ///< NIL if empty
    // body-fields, of a part that is no multipart
    NString id;
    NString description;
    std::string encoding;
    std::uint64_t octets = 0;
    std::optional<std::uint64_t> lines;  ///< of text/* and message/rfc822
    NString md5;
    // of message/rfc822
    std::optional<Envelope> envelope;
    std::vector<BodyStructure> children;  ///< of a multipart its parts; of message/rfc822 its body
    // extension data
    std::optional<BodyDisposition> disposition;
    std::vector<std::string> languages;  ///< NIL if empty
    NString location;

    bool operator==(const BodyStructure&) const = default;
    bool is_multipart() const;  ///< in any letter case
    /// The value of a parameter, whose name is asked in any letter case, or null.
    const std::string* parameter(std::string_view name) const;
};

/// Reads the value of BODY or BODYSTRUCTURE. Nothing if it can't be read or nests beyond
/// limits::nesting. Media types come back in lower case. What servers leave out or write as NIL is
/// read as empty: a structure that says too little still tells what the message is.
std::optional<BodyStructure> read_body_structure(Cursor& in);

/// Reads the value of ENVELOPE. Nothing if it can't be read.
std::optional<Envelope> read_envelope(Cursor& in);

// Written octet for octet as Dovecot does: clients that compare the answers of a server and of ours
// see the same. Media types keep the letter case they came with.
void write_envelope(Writer& out, const Envelope& envelope);
void write_body(Writer& out, const BodyStructure& structure);            ///< BODY
void write_body_structure(Writer& out, const BodyStructure& structure);  ///< BODYSTRUCTURE

}  // namespace imap
