#pragma once

#include <sys/types.h>

#include <optional>

namespace proxy {

/// The user whose process holds the other end of a connected socket, TCP of this machine or local.
/// Nothing if that can't be known: the process has closed it already, or this is no Linux.
std::optional<uid_t> peer_user(int socket);

}  // namespace proxy
