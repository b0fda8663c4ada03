#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "imap/fetch.hpp"
#include "imap/framer.hpp"
#include "imap/numbers.hpp"
#include "proxy/pushes.hpp"
#include "smime/open.hpp"

namespace proxy {

/// A FETCH response that was held back to its end.
struct CollectedFetch {
    std::string response;  ///< as the server sent it
    /// Where in it the whole message stands (the literal of BODY[] or RFC822). Nothing to open if
    /// message_size is 0.
    std::size_t message_offset = 0;
    std::size_t message_size = 0;
    bool candidate = false;  ///< the message's own header says that it is one
};

/// FetchCollector reads the frames of one FETCH response and decides whether to hold it or to let
/// it go on (design, chapter 3). Memory grows with what has come, not with what was announced.
class FetchCollector {
public:
    enum class Mode {
        stream,   ///< let all stream
        sniff,    ///< hold only responses with a whole message that is a candidate; let all others
                  ///< stream
        list,     ///< hold every response; one beyond the limit streams on
        message,  ///< hold every response; a message beyond the limit is dropped, octet by octet
        pushed,   ///< hold every response; a message beyond the limit, or that is no candidate, is
                  ///< left out of it unless the client has asked for it
    };
    enum class Result {
        held,       ///< more is needed
        forward,    ///< the octets of released() go on
        dropped,    ///< nothing goes on
        collected,  ///< the response has ended: take()
        too_large,  ///< the response has ended, and its message was dropped: uid() tells whose it
                    ///< was
    };

    /// pushes: if a response has a mark of theirs, pushed is its mode; may be null.
    void begin(Mode mode, std::size_t max_message, smime::Errant errant,
               const Pushes* pushes = nullptr);
    Result feed(const imap::Frame& frame);

    /// After forward: what is let go, valid until the next feed. Two pieces: what was held, and the
    /// frame itself.
    std::string_view released_before() const { return released_; }
    std::string_view released_now() const { return now_; }
    CollectedFetch take();
    std::optional<imap::Uid> uid() const { return uid_; }
    /// Of mode pushed: whose mark the response has. The mark is left out of it.
    const PushedItems* pushed() const { return pushed_; }

private:
    enum class State { holding, streaming, dropping, leaving_out };
    void append(std::string_view octets);
    Result line(const imap::Frame& frame);
    Result literal(const imap::Frame& frame);
    Result release(std::string_view octets);
    Result announced(std::uint64_t octets);
    Result decided(const imap::Frame& frame);
    Result leave_out();
    std::string_view behind_gap(std::string_view line);
    bool lets_ordinary_go() const;
    std::uint64_t limit() const;

    Mode mode_ = Mode::sniff;
    const Pushes* pushes_ = nullptr;
    const PushedItems* pushed_ = nullptr;
    State state_ = State::holding;
    std::size_t max_message_ = 0;
    smime::Errant errant_ = smime::Errant::leave;
    CollectedFetch held_;
    imap::FetchHeadReader heads_;
    std::string released_;
    std::string_view now_;
    std::optional<imap::Uid> uid_;
    bool in_message_ = false;      ///< the literal being read is a whole message
    bool decided_ = false;         ///< its header has been read
    std::size_t item_offset_ = 0;  ///< where the item begins that the literal is the value of
    bool in_gap_ = false;          ///< an item was left out just before
};

}  // namespace proxy
