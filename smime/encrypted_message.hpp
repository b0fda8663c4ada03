#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "smime/envelope_writer.hpp"

namespace smime {

/// A message encrypted to one certificate, which open() gives back: every octet of its body, and
/// its header (RFC 9788, hp="cipher"). What lists, sorting and threads need stays readable: Date,
/// From, Sender, Reply-To, To, Cc, Message-ID, In-Reply-To, References, and what relays added. The
/// Subject is "[...]", all other fields are inside only. Fields that only a view has are left out.
///
/// Two kinds of messages can't be told from a forwarded one that way: of those that are signed
/// already the outer header stays whole, and one with a Content-Type that two readers could read in
/// two ways is wrapped as message/rfc822 (RFC 8551, 3.1).
///
/// Nothing if the certificate's key is of a kind that is not offered. Throws std::runtime_error if
/// the system has no random numbers.
std::optional<std::string> encrypted_message(std::string_view message,
                                             const keystore::Certificate& recipient,
                                             EnvelopeCipher cipher);

/// True if a header says that its message is encrypted: S/MIME that does not say of itself that it
/// is only signed or compressed, or PGP/MIME (RFC 3156). Nothing is encrypted twice.
bool says_encrypted(std::string_view header);

}  // namespace smime
