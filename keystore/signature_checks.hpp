#pragma once

#include <cstddef>
#include <map>
#include <string_view>
#include <utility>

#include "keystore/certificate_list.hpp"
#include "keystore/limits.hpp"
#include "keystore/signature_budget.hpp"

namespace keystore {

/// SignatureChecks does the work of a search for paths, each piece once, and only as long as it is
/// paid for (CERT-10): signatures, steps, comparisons of names.
class SignatureChecks {
public:
    enum class Outcome {
        good,
        bad,
        weak,            ///< good, by an algorithm or a key that proves nothing today
        explicit_curve,  ///< not looked at: the key brings its own curve (CVE-2020-0601)
        unsupported,     ///< of an algorithm that we do not have
        refused,         ///< not paid for
    };

    explicit SignatureChecks(SignatureBudget& budget) : budget_{budget} {}

    /// Is certificate's signature by issuer's key? What is remembered of it holds as long as both
    /// certificates live.
    Outcome check(const Certificate& certificate, const Certificate& issuer);
    Outcome check(const CertificateList& list, const Certificate& issuer);

    /// False if one more step, or so many comparisons, are too many.
    bool step() { return spend(steps_, 1); }
    bool compare_names(std::size_t comparisons) { return spend(comparisons_, comparisons); }
    /// True once anything was refused.
    bool exhausted() const { return exhausted_ || budget_.exhausted(); }

private:
    struct Signed {
        const void* what;
        BytesView message, digest, signature, algorithm;
    };
    using Key = std::pair<const void*, std::string_view>;  // what is signed, by which key

    Outcome check(const Signed& what, const Certificate& issuer);
    Outcome verify(const Signed& what, const Certificate& issuer);
    bool spend(std::size_t& left, std::size_t amount);

    SignatureBudget& budget_;
    std::size_t steps_ = limits::path_steps, comparisons_ = limits::name_comparisons;
    bool exhausted_ = false;
    std::map<Key, Outcome> known_;
};

}  // namespace keystore
