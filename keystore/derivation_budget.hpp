#pragma once

#include "keystore/key_file_error.hpp"
#include "keystore/limits.hpp"

namespace keystore {

/// DerivationBudget bounds what one file may make us compute before anything of it is known to be
/// true (KEY-02): each derivation is paid for before it is done.
class DerivationBudget {
public:
    explicit DerivationBudget(std::uint64_t iterations = limits::file_iterations)
        : left_{iterations} {}

    /// Throws KeyFileError if so many iterations of PBKDF2, or of its like, are too many.
    void spend_iterations(std::uint64_t iterations) {
        if (iterations == 0) throw KeyFileError{"its key derivation has no iterations"};
        if (iterations > limits::pbkdf2_iterations) refuse();
        spend(iterations);
    }

    /// Throws KeyFileError if scrypt with these parameters takes too much memory or time.
    void spend_scrypt(std::uint64_t n, std::uint64_t r, std::uint64_t p) {
        if (n < 2 || (n & (n - 1)) != 0 || r == 0 || p == 0)
            throw KeyFileError{"its scrypt parameters make no sense"};
        if (r > limits::scrypt_memory / 128 / n || p > limits::scrypt_work / n / r) refuse();
        spend(n * r * p);
    }

private:
    [[noreturn]] static void refuse() {
        throw KeyFileError{
            "its key derivation would take too long: export it again with fewer iterations"};
    }
    void spend(std::uint64_t cost) {
        if (cost > left_) refuse();
        left_ -= cost;
    }

    std::uint64_t left_;
};

}  // namespace keystore
