#pragma once

#include <chrono>
#include <string>

#include "keystore/certificate.hpp"
#include "smime/json.hpp"

namespace proxy {

/// "2026-11-25", in UTC.
std::string day_text(std::chrono::sys_seconds time);

/// "alice@example.org", or its subject if it names no address.
std::string whose(const keystore::Certificate& certificate);

/// What a key of one's own is for, by what its certificate says (RFC 8551, 4.4; RFC 8550, 4.4.2):
/// "decrypting, signing"; "nothing in mail".
std::string purposes(const keystore::Certificate& certificate);

/// A certificate for a person's eye, some lines that begin with blanks: whose, by whom, valid when,
/// fingerprint. Harmless on a terminal.
std::string certificate_text(const keystore::Certificate& certificate,
                             std::chrono::sys_seconds now);

/// The same as members of a JSON object.
void write_certificate(smime::JsonWriter& out, const keystore::Certificate& certificate,
                       std::chrono::sys_seconds now);

/// Now, in whole seconds.
std::chrono::sys_seconds this_second();

}  // namespace proxy
