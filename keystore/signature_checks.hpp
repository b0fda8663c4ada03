#pragma once

#include <cstddef>
#include <map>
#include <string_view>
#include <utility>

#include "keystore/certificate_list.hpp"
#include "keystore/limits.hpp"
#include "keystore/signature_budget.hpp"

namespace keystore {

/// SignatureChecks verifies the signatures that a search for paths comes by, each once, and only as
/// long as they are paid for (CERT-10).
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
    bool step() { return budget_.step(); }
    bool compare_names(std::size_t comparisons) { return budget_.compare_names(comparisons); }
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

    SignatureBudget& budget_;
    bool exhausted_ = false;
    std::map<Key, Outcome> known_;
};

}  // namespace keystore
