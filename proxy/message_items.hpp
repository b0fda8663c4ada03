#pragma once

#include <memory>

#include "imap/fetch.hpp"
#include "imap/writer.hpp"
#include "proxy/keywords.hpp"
#include "smime/view.hpp"

namespace proxy {

/// MessageItems answers message data items from one view, so that all of them agree (design,
/// promise 2): the one place where the vocabularies of MIME and IMAP meet. It decides as Dovecot
/// does for the same octets. Immutable; reads the view's MIME structure once, when made.
class MessageItems {
public:
    /// What became of the message.
    enum class Outcome {
        opened,
        not_opened,  ///< it is its own view, since it could not be opened
        untouched,   ///< it is its own view, since there is nothing to open
    };
    explicit MessageItems(smime::View view, Keywords keywords = {},
                          Outcome outcome = Outcome::opened);
    ~MessageItems();
    MessageItems(const MessageItems&) = delete;
    MessageItems& operator=(const MessageItems&) = delete;

    const smime::View& view() const;
    const Keywords& keywords() const { return keywords_; }
    bool is_untouched() const { return outcome_ == Outcome::untouched; }

    /// The EMAILID of the view, where the server's for the message is email_id (RFC 8474).
    std::string email_id(std::string_view email_id) const;
    /// False for BINARY and BINARY.SIZE of a part whose transfer encoding is not known: then the
    /// command fails with UNKNOWN-CTE (RFC 3516, 4.3).
    bool can_answer(const imap::MessageDataItemName& name) const;

    /// Writes the answer to an item, name and value ("RFC822.SIZE 4711", "BODY[1]<0> {5}…"), keyed
    /// as RFC 9051, 7.5.2 keys it (RFC822.HEADER stays RFC822.HEADER). Only for items that
    /// depends_on_content(); a section that does not exist answers as Dovecot does.
    void write(imap::Writer& out, const imap::MessageDataItemName& name) const;

private:
    struct Parts;
    Keywords keywords_;
    Outcome outcome_;
    std::unique_ptr<const Parts> parts_;
};

}  // namespace proxy
