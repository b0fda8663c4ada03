#pragma once

#include <optional>
#include <string_view>

#include "keystore/keystore.hpp"
#include "smime/presentation.hpp"
#include "smime/report.hpp"
#include "smime/signature_policy.hpp"
#include "smime/unauthenticated_html.hpp"
#include "smime/view.hpp"

namespace smime {

/// What becomes of encrypted parts below plaintext (MIME-02): opened in place they could show
/// somebody else's secret in a letter of the sender's making (EFAIL, covert content).
enum class Errant {
    leave,
    attach,  ///< what they hold stands at the view's end, as an attachment that nothing displays
};

/// What the owner's configuration says of opening.
struct Settings {
    std::size_t max_message = 0;  ///< octets; 0: limits::message
    bool legacy = false;          ///< open 3DES, DES and RC2, too (ENC-12)
    Errant errant = Errant::leave;
    UnauthenticatedHtml unauthenticated_html = UnauthenticatedHtml::strip;
    SignaturePolicy signatures;
    Presentation presentation;

    /// True if a clear-signed message, of which nothing is opened, gets a view all the same: one
    /// that says what its signature is worth.
    bool shows_signatures() const {
        const bool shows = presentation.header || presentation.subject_tag;
        return shows && signatures.trust && !signatures.trust->anchors.empty();
    }
    /// By how many octets the view of a clear-signed message, of which nothing is opened, is larger
    /// than the message: whatever its signature is worth, nothing else in it is another. Nothing if
    /// that can't be told.
    std::optional<std::size_t> signed_status() const;
};

/// What became of a message.
struct Opened {
    std::optional<View> view;  ///< nothing: deliver the message as it came
    Report report;
};

/// True if the message's own header (from its first octet to the blank line; more may follow) says
/// that the message is one that open() would try: application/(x-)pkcs7-mime whatever its
/// smime-type, application/octet-stream named *.p7m, *.p7s, *.p7c or *.p7z, or multipart/signed
/// whose protocol is PKCS#7 or missing (RFC 8551, 3.10; MIME-01). Needs no more than the header;
/// whether there is anything to open tells only open(). If errant parts are to be attached, every
/// multipart/* and message/rfc822 may hold some.
bool is_candidate(std::string_view header, Errant errant = Errant::leave);

/// Opens a message (RFC 5322 octets, CRLF line ends): peels the cryptographic layers from its MIME
/// root while they are unbroken (enveloped-data, authEnveloped-data, signed-data,
/// multipart/signed), and gives the view of what they protect. A pure function of its arguments: no
/// clock, no network, no file. Takes no lock; many threads may call it with one keystore. Never
/// throws on any message (std::bad_alloc aside).
///
/// Signatures are verified if at says when the validity of certificates is judged: when the message
/// arrived (CERT-06), and not later than now.
Opened open(std::string_view message, const keystore::Keystore& keys, const Settings& settings,
            std::optional<keystore::Certificate::Time> at = std::nullopt);

}  // namespace smime
