#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "imap/limits.hpp"

namespace imap {

/// Which side of the connection sent the octets.
enum class Side { client, server };

/// What the end of a line says of the literal behind it (RFC 9051, 4.3; RFC 7888 "+"; RFC 3516
/// "~").
struct LiteralAnnouncement {
    std::uint64_t octets = 0;
    bool synchronizing =
        true;             ///< the client waits for a continuation request (client's side only)
    bool binary = false;  ///< literal8
};

/// Frame is one piece of the stream. A message (a command or a response) is one or more lines with
/// literals between them; the frame that ends it says so.
struct Frame {
    enum class Kind {
        line,        ///< a whole line, its line end included
        line_piece,  ///< a piece of a line beyond the limit: unread, forwarded as it is
        literal,     ///< octets of a literal, all of it or a piece
    };
    Kind kind = Kind::line;
    std::string_view octets;  ///< valid until the next call of next() or push()
    bool starts_message = false;
    bool ends_message = false;
    std::optional<LiteralAnnouncement> announces;  ///< of a line only: the literal that follows
    bool ends_literal = false;                     ///< of a literal only: its last octet is here
};

/// Framer cuts a stream into frames (RFC 9051, 2.2 and 4.3). It does no I/O. Of a line it reads
/// only the end, and whether it is a status response or continuation request: a server's status
/// text may end in "{3}", which announces nothing. It keeps no more than a line; never a literal.
/// The octets of all frames, joined, are the input. A line beyond the limit is passed on in pieces,
/// unread, and still ends where it ends. A line ends with LF (CRLF, or a bare LF, which servers
/// accept).
class Framer {
public:
    explicit Framer(Side side, std::size_t line_limit = limits::line);

    /// Gives more of the stream. The octets must live until next() has returned nothing.
    void push(std::string_view octets);

    /// The next frame, or nothing: push more.
    std::optional<Frame> next();

    /// Forgets the synchronizing literal that the client had announced and the server has refused
    /// with a tagged response: what comes next is a new command (RFC 9051, 4.3). Only between
    /// frames.
    void cancel_literal();

    /// True while octets of a literal are owed.
    bool inside_literal() const { return literal_left_ > 0; }

private:
    // the implementation is free to change what stands here
    Side side_;
    std::size_t line_limit_;
    std::string_view input_;
    std::string partial_;
    std::uint64_t literal_left_ = 0;
    bool starts_message_ = true;
    bool in_long_line_ = false;
    bool long_line_is_status_ = false;
    std::string tail_;
};

}  // namespace imap
