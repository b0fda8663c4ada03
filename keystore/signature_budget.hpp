#pragma once

#include <cstddef>
#include <cstdint>

#include "keystore/limits.hpp"

namespace keystore {

/// SignatureBudget bounds what one message may make us verify (CERT-10): every signature check of
/// its signers, certificates and CRLs is paid for before it is done.
class SignatureBudget {
public:
    explicit SignatureBudget(std::size_t checks = limits::signature_checks,
                             std::uint64_t microseconds = limits::signature_microseconds)
        : checks_left_{checks}, microseconds_left_{microseconds} {}

    /// False if one more check, of about so many microseconds, is too much. Nothing is spent then,
    /// and exhausted() is true from there on.
    bool spend(std::uint64_t microseconds) {
        if (checks_left_ == 0 || microseconds > microseconds_left_) {
            exhausted_ = true;
            return false;
        }
        --checks_left_;
        microseconds_left_ -= microseconds;
        ++checks_;
        return true;
    }
    bool exhausted() const { return exhausted_; }
    std::size_t checks() const { return checks_; }  ///< that were paid for

private:
    std::size_t checks_left_;
    std::uint64_t microseconds_left_;
    std::size_t checks_ = 0;
    bool exhausted_ = false;
};

}  // namespace keystore
