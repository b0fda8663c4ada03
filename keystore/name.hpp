#pragma once

#include <string>
#include <vector>

#include "keystore/secret.hpp"

namespace keystore {

/// A Name (RFC 5280, 4.1.2.4), given as its DER, as RFC 4514 writes it: "CN=Alice,O=Example". What
/// is not text that a person can see (controls, marks that turn the direction of writing) is
/// escaped, and the whole bounded, so that it can stand in a log line or on a terminal (CERT-12).
/// Empty if it is no Name.
std::string name_text(BytesView name);

/// The values of a Name's emailAddress attributes (RFC 5280, 4.1.2.6).
std::vector<std::string> name_addresses(BytesView name);

}  // namespace keystore
