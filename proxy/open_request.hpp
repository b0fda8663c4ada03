#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "imap/numbers.hpp"
#include "proxy/mailbox.hpp"
#include "proxy/view_cache.hpp"

namespace proxy {

/// A message that a session wants opened. The response that it came in goes along and comes back,
/// so that a large message exists once.
struct OpenRequest {
    std::uint64_t id = 0;
    std::optional<imap::Uid> uid;  ///< for the log
    std::string response;
    std::size_t message_offset = 0;
    std::size_t message_size = 0;
};

/// What became of it.
struct OpenResult {
    std::uint64_t id = 0;
    std::size_t octets = 0;  ///< of the response when it was handed over
    std::string response;    ///< without the message, if that was opened
    SharedItems items;       ///< null: deliver the message as it came
    MessageDigest digest{};
};

}  // namespace proxy
