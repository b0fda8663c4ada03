#pragma once

#include <string>

namespace proxy {

/// Who speaks in the Authentication-Results of this user's views: "paperknife." and 16 hexadecimal
/// digits that no sender of mail knows (RFC 8601, 2.5). They are made once and kept in
/// $XDG_STATE_HOME/paperknife/install-id, so that views do not change from start to start. Where
/// nothing can be kept: "paperknife".
std::string authserv_id();

}  // namespace proxy
