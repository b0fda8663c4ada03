#pragma once

#include <string>

#include "keystore/keystore.hpp"
#include "smime/open.hpp"

namespace proxy {

/// What decides how the views of an account's messages come out, as one word: keys, trust, policy,
/// and the version of views itself; two configurations of one fingerprint give a message the same
/// view. CRLs are not in it, which are renewed every week and seldom say anything of a message that
/// was shown. opens: [decrypt] enabled; without it nothing else counts.
std::string view_fingerprint(bool opens, const smime::Settings& settings, std::size_t max_message,
                             const keystore::Keystore& keys);

}  // namespace proxy
