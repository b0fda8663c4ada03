#pragma once

#include <optional>
#include <string>
#include <vector>

#include "keystore/secret.hpp"
#include "smime/entity.hpp"
#include "smime/presentation.hpp"
#include "smime/report.hpp"
#include "smime/result.hpp"
#include "smime/unauthenticated_html.hpp"
#include "smime/view.hpp"

namespace smime {

/// What a view is made of (design, chapter 4).
struct Composition {
    const Entity& outer;    ///< the message as it came
    const Entity& payload;  ///< what its layers held; the message itself if it has none
    const Entity& root;     ///< where the payload's content begins: behind a multipart/signed
    std::optional<keystore::SecretBytes> buffer;  ///< that the payload stands in, if it was opened
    std::vector<View> attachments;                ///< what errant parts held
};

/// The header of such a view below the status fields, without structural fields: what a client
/// sees of who wrote, when, and of what.
std::string header_of_view(const Entity& outer, const Entity& payload, const Entity& root);

/// Composes the view of an opened message, or of one to which attachments are to be added: the
/// status fields, the outer header with the protected fields in it, the payload's structural
/// fields, and its body, without HTML that could give away what is unauthenticated, in a form that
/// IMAP can carry. What it finds on the way is added to the report. An error: the message is
/// delivered as it came.
Result<View> compose_view(Composition parts, UnauthenticatedHtml html,
                          const Presentation& presentation, Report& report);

/// The view of a message that is multipart/signed at its root: the status fields, and then its own
/// header without look-alikes and its body, octet for octet, so that whoever verifies the signature
/// himself still can (design, chapter 4).
View compose_signed_view(const Entity& message, const Presentation& presentation,
                         const Report& report);

}  // namespace smime
