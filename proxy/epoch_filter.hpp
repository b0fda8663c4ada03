#pragma once

#include <deque>
#include <optional>
#include <string>
#include <string_view>

#include "imap/framer.hpp"
#include "imap/response.hpp"
#include "imap/uid_validity.hpp"
#include "proxy/epochs.hpp"
#include "proxy/smime_trace.hpp"

namespace proxy {

/// EpochFilter is the first that a session's frames go through: behind it there are only the
/// UIDVALIDITY values that clients are to see, before it only the server's own (design, chapter 6).
/// It rewrites the codes UIDVALIDITY, APPENDUID and COPYUID, STATUS responses, and the QRESYNC
/// parameter of SELECT and EXAMINE; all else passes octet for octet. A mailbox keeps the value that
/// it was selected with.
class EpochFilter {
public:
    /// epochs null: nothing is rewritten. It must outlive the filter. watches: nobody else looks
    /// for S/MIME (with [decrypt] enabled = false), so the filter does.
    EpochFilter(Epochs* epochs, bool watches) : epochs_{epochs}, watches_{watches} {}

    /// What is to be dealt with in the frame's place. Its octets are valid as long as the frame's,
    /// and until the next call. Frames of a client that are no commands (IDLE, AUTHENTICATE) stay
    /// out.
    imap::Frame from_client(const imap::Frame& frame);
    imap::Frame from_server(const imap::Frame& frame);

    /// S/MIME was met in the mailbox that is selected.
    void on_smime();

private:
    enum class Use { select, close, append, copy, rename };
    struct Selected {
        std::string mailbox;
        imap::UidValidity server, presented;
    };
    /// A command that is not answered yet, and the mailbox whose UIDVALIDITY its answer tells.
    struct Command {
        std::string tag;
        Use use = Use::select;
        std::string mailbox;
        std::string new_name;              ///< of rename
        std::optional<Selected> selected;  ///< of select, once the server has told
    };

    void begin_command(const imap::Frame& frame);
    void end_select(imap::Frame& frame);
    void remember(Use use, std::string mailbox, std::string new_name = {});
    void rewrite_code(imap::Frame& frame);
    void rewrite_status(imap::Frame& frame);
    void on_tagged(const imap::Response& response);
    Command* find(std::string_view tag);
    Command* oldest(Use use);
    imap::UidValidity presented(const std::string& mailbox, imap::UidValidity server);
    void replace(imap::Frame& frame, std::string octets);

    Epochs* epochs_;
    bool watches_;
    std::deque<Command> commands_;
    std::optional<Selected> selected_;
    bool met_ = false;     ///< S/MIME, in the mailbox that is selected
    std::string command_;  ///< as far as it has come, while it is read
    std::optional<Use> reading_;
    std::string tag_;     ///< of it
    std::string status_;  ///< a STATUS response, as far as it has come
    bool in_status_ = false;
    bool in_fetch_ = false;
    SmimeTrace trace_;
    std::string rewritten_;
};

}  // namespace proxy
