#pragma once

#include <cstddef>
#include <cstdint>

#include "keystore/limits.hpp"

namespace keystore {

/// SignatureBudget bounds what one message may make us verify (CERT-10), however many signers it
/// has: every signature check of its signers, certificates and CRLs, and every step of the searches
/// for their paths, is paid for before it is done.
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
    /// The same for digesting so many octets, which is no check.
    bool digest(std::uint64_t octets) {
        return take(microseconds_left_, octets / limits::digested_octets_in_a_microsecond);
    }
    /// The same for a step of a search.
    bool step() { return take(steps_left_, std::size_t{1}); }
    /// The same for so many comparisons of a name.
    bool compare_names(std::size_t comparisons) { return take(comparisons_left_, comparisons); }
    bool exhausted() const { return exhausted_; }
    std::size_t checks() const { return checks_; }  ///< that were paid for

private:
    template <class Number>
    bool take(Number& left, Number amount) {
        if (amount > left) {
            exhausted_ = true;
            return false;
        }
        left -= amount;
        return true;
    }

    std::size_t checks_left_;
    std::uint64_t microseconds_left_;
    std::size_t steps_left_ = limits::path_steps, comparisons_left_ = limits::name_comparisons;
    std::size_t checks_ = 0;
    bool exhausted_ = false;
};

}  // namespace keystore
