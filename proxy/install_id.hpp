#pragma once

#include <string>

namespace proxy {

/// Who speaks in the Authentication-Results of this user's views: "paperknife." and 16 hexadecimal
/// digits that no sender of mail knows (RFC 8601, 2.5). They are made once and kept in
/// $XDG_STATE_HOME/paperknife/install-id, so that views do not change from start to start. Where
/// nothing can be kept: "paperknife".
std::string authserv_id();

/// What it costs that nothing can be kept, and how to mend it; empty where it can.
std::string install_id_problem();

}  // namespace proxy
