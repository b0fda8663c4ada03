#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

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
    /// The literal that follows: of a line, and of the last piece of one.
    std::optional<LiteralAnnouncement> announces;
    /// Of a literal only: its last octet is here. A literal of no octets is one empty frame.
    bool ends_literal = false;
};

/// Framer cuts a stream into frames (RFC 9051, 2.2 and 4.3). It does no I/O. Of a line it reads
/// only the end, and whether it is a status response or continuation request: a server's status
/// text may end in "{3}", which announces nothing. It keeps no more than a line; never a literal.
/// The octets of all frames, joined, are the input. A line beyond the limit is passed on in pieces,
/// unread, and still ends where it ends; its literals are found all the same. A line ends with LF
/// (CRLF, or a bare LF, which servers accept).
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

    /// Takes back what was pushed and is part of no frame yet, so that it can be pushed again
    /// later. Valid as long as what was pushed, and until the next push.
    std::string_view release() { return std::exchange(input_, {}); }

    /// True while octets of a literal are owed.
    bool inside_literal() const { return literal_left_ > 0; }

private:
    std::optional<Frame> next_line();
    Frame begin_long_line();
    Frame next_line_piece();
    Frame next_literal();
    Frame end_line(Frame::Kind kind, std::string_view octets,
                   std::optional<LiteralAnnouncement> announces);
    bool can_announce_nothing(std::string_view line) const;
    std::string_view take(std::size_t octets);
    std::string_view take_behind_partial(std::size_t octets);
    void remember_tail(std::string_view piece);
    void forget_emitted();

    Side side_;
    std::size_t line_limit_;
    std::string_view input_;        // pushed and not yet part of a frame
    std::string untaken_;           // input_ points here if more was pushed before all was taken
    std::string partial_;           // the beginning of a line, from earlier pushes
    bool partial_emitted_ = false;  // the last frame points into partial_
    std::string tail_;              // of a long line: what may be an announcement's beginning
    bool in_long_line_ = false;
    bool long_line_announces_nothing_ = false;
    bool starts_message_ = true;
    bool in_literal_ = false;
    std::uint64_t literal_left_ = 0;
};

/// Reads the announcement of a literal at the end of a line or of a piece of one: "{n}", "{n+}",
/// "~{n}", before CRLF or LF. Nothing if there is none, or if n is above 2^63-1.
std::optional<LiteralAnnouncement> read_literal_announcement(std::string_view line);

/// True if a server's line can announce no literal, whatever its text ends in: a continuation
/// request, or a status response, tagged or not. Only a message's first line can be one.
bool is_status_or_continuation(std::string_view line);

}  // namespace imap
