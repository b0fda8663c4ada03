#pragma once

#include <stdexcept>

namespace proxy {

/// The other side has said what no IMAP peer says there; the session can't go on.
struct ProtocolError : std::runtime_error {
    using std::runtime_error::runtime_error;
};

}  // namespace proxy
