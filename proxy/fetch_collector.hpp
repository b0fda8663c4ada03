#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "imap/fetch.hpp"
#include "imap/framer.hpp"
#include "imap/numbers.hpp"
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
        sniff,    ///< hold only responses with a whole message that is a candidate; let all others
                  ///< stream
        list,     ///< hold every response; one beyond the limit streams on
        message,  ///< hold every response; a message beyond the limit is dropped, octet by octet
    };
    enum class Result {
        held,       ///< more is needed
        forward,    ///< the octets of released() go on
        dropped,    ///< nothing goes on
        collected,  ///< the response has ended: take()
        too_large,  ///< the response has ended, and its message was dropped: uid() tells whose it
                    ///< was
    };

    void begin(Mode mode, std::size_t max_message, smime::Errant errant);
    Result feed(const imap::Frame& frame);

    /// After forward: what is let go, valid until the next feed. Two pieces: what was held, and the
    /// frame itself.
    std::string_view released_before() const { return released_; }
    std::string_view released_now() const { return now_; }
    CollectedFetch take();
    std::optional<imap::Uid> uid() const { return uid_; }

private:
    enum class State { holding, streaming, dropping };
    void append(std::string_view octets);
    Result line(const imap::Frame& frame);
    Result literal(const imap::Frame& frame);
    Result release(const imap::Frame& frame);
    Result announced(std::uint64_t octets);
    std::uint64_t limit() const;

    Mode mode_ = Mode::sniff;
    State state_ = State::holding;
    std::size_t max_message_ = 0;
    smime::Errant errant_ = smime::Errant::leave;
    CollectedFetch held_;
    imap::FetchHeadReader heads_;
    std::string released_;
    std::string_view now_;
    std::optional<imap::Uid> uid_;
    bool in_message_ = false;  ///< the literal being read is a whole message
    bool decided_ = false;     ///< its header has been read
};

}  // namespace proxy
