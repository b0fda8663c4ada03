#pragma once

#include <stdexcept>

namespace keystore {

/// A key file that can't be used: what() says why, and what to do (and which, if it is not plain
/// from the call).
struct KeyFileError : std::runtime_error {
    using std::runtime_error::runtime_error;
};

}  // namespace keystore
