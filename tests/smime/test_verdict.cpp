#include "smime/verdict.hpp"

#include <array>
#include <set>

#include "tests/catch.hpp"

// ST-05: every combination of facts. What a row must say follows from the requirements' words, each
// in a check of its own, not from the order in which the function asks.

using namespace smime;
using keystore::PathStatus;

namespace {

constexpr std::array integrities{
    Integrity::intact,
    Integrity::malformed,
    Integrity::too_complex,
    Integrity::no_certificate,
    Integrity::unsupported_algorithm,
    Integrity::bad_attributes,
    Integrity::stripped_attributes,
    Integrity::algorithm_mismatch,
    Integrity::certificate_mismatch,
    Integrity::digest_mismatch,
    Integrity::bad_signature,
};

constexpr std::array paths{
    PathStatus::valid,
    PathStatus::untrusted,
    PathStatus::too_complex,
    PathStatus::malformed,
    PathStatus::expired,
    PathStatus::not_yet_valid,
    PathStatus::basic_constraints,
    PathStatus::key_usage,
    PathStatus::extended_key_usage,
    PathStatus::name_constraints,
    PathStatus::policy,
    PathStatus::unknown_critical_extension,
    PathStatus::weak_algorithm,
    PathStatus::unsupported_algorithm,
    PathStatus::revoked,
    PathStatus::revocation_not_checked,
};

constexpr std::array authors{Author::Status::one, Author::Status::none, Author::Status::several,
                             Author::Status::display_name};

const SignerFacts good{Integrity::intact,   false, PathStatus::valid, false, true,
                       Author::Status::one, false};

/// Calls take with every combination there is.
template <class Take>
void for_each_signer(Take take) {
    for (const auto integrity : integrities)
        for (const auto path : paths)
            for (const auto author : authors)
                for (int bits = 0; bits < 16; ++bits)
                    take(SignerFacts{integrity, (bits & 1) != 0, path, (bits & 2) != 0,
                                     (bits & 4) != 0, author, (bits & 8) != 0});
}

bool is_invalid(const SignerFacts& signer) {
    return signer.integrity != Integrity::intact &&
           signer.integrity != Integrity::unsupported_algorithm;
}

}  // namespace

TEST_CASE("ST-05: one signer, every combination of facts", "[verdict]") {
    std::size_t rows = 0, passes = 0, wrong = 0;
    std::set<std::string_view> reasons;
    const auto check = [&](bool holds) { wrong += holds ? 0U : 1U; };
    for_each_signer([&](const SignerFacts& signer) {
        ++rows;
        const Judgement judgement = verdict_of(signer);
        const bool pass = judgement.verdict == Verdict::pass;
        passes += pass ? 1U : 0U;
        reasons.insert(judgement.reason);

        check(pass == (signer == good));
        check(judgement.reason.empty() == pass);
        check(judgement.verdict != Verdict::none && judgement.verdict != Verdict::temperror);
        // A signature that is wrong is never less than fail or permerror.
        if (is_invalid(signer))
            check(judgement.verdict == Verdict::fail || judgement.verdict == Verdict::permerror);
        // "fail" is for what is wrong with the signature, or known to be revoked (CERT-07).
        if (judgement.verdict == Verdict::fail)
            check(is_invalid(signer) || signer.path == PathStatus::revoked);
        if (signer.integrity == Integrity::intact && signer.path == PathStatus::revoked)
            check(judgement == Judgement{Verdict::fail, "revoked"});
        // SIG-06, SIG-11: weak never passes, and unknown is neutral unless it is known to be weak.
        if (signer.integrity == Integrity::unsupported_algorithm)
            check(judgement.verdict == (signer.weak ? Verdict::policy : Verdict::neutral));
        if (signer.integrity == Integrity::intact && signer.weak)
            check(judgement.verdict == Verdict::policy || signer.path == PathStatus::revoked);
        // CERT-04, CERT-06: who is not trusted, or was not then, is policy.
        if (signer.integrity == Integrity::intact && !signer.weak &&
            (signer.path == PathStatus::untrusted || signer.path == PathStatus::expired))
            check(judgement == Judgement{Verdict::policy, describe(signer.path)});
        // Whatever else is asked comes after the path, and lowers to policy (ST-06, CERT-11,
        // SIG-08).
        if (signer.integrity == Integrity::intact && !signer.weak &&
            signer.path == PathStatus::valid && !pass)
            check(judgement.verdict == Verdict::policy);
    });
    CHECK(rows == integrities.size() * paths.size() * authors.size() * 16);
    CHECK(passes == 1);
    CHECK(wrong == 0);
    // Each reason can come, and each is one word of the documented list.
    const std::set<std::string_view> documented{
        "",
        "malformed",
        "too-complex",
        "no-certificate",
        "unsupported-algorithm",
        "bad-attributes",
        "stripped-attributes",
        "algorithm-mismatch",
        "certificate-mismatch",
        "digest-mismatch",
        "bad-signature",
        "weak-algorithm",
        "multiple-from",
        "unbound-address",
        "pin",
        "display-name",
        "date",
    };
    std::set<std::string_view> all = documented;
    for (const auto path : paths)
        if (path != PathStatus::valid) all.insert(describe(path));
    CHECK(reasons == all);
}

TEST_CASE("One thing that is wrong has its own word", "[verdict]") {
    struct Row {
        void (*spoil)(SignerFacts&);
        Judgement judgement;
    };
    const std::array rows{
        Row{[](SignerFacts& f) { f.integrity = Integrity::digest_mismatch; },
            {Verdict::fail, "digest-mismatch"}},
        Row{[](SignerFacts& f) { f.integrity = Integrity::bad_signature; },
            {Verdict::fail, "bad-signature"}},
        Row{[](SignerFacts& f) { f.integrity = Integrity::bad_attributes; },
            {Verdict::fail, "bad-attributes"}},
        Row{[](SignerFacts& f) { f.integrity = Integrity::stripped_attributes; },
            {Verdict::fail, "stripped-attributes"}},
        Row{[](SignerFacts& f) { f.integrity = Integrity::no_certificate; },
            {Verdict::permerror, "no-certificate"}},
        Row{[](SignerFacts& f) { f.integrity = Integrity::too_complex; },
            {Verdict::permerror, "too-complex"}},
        Row{[](SignerFacts& f) { f.integrity = Integrity::unsupported_algorithm; },
            {Verdict::neutral, "unsupported-algorithm"}},
        Row{[](SignerFacts& f) { f.weak = true; }, {Verdict::policy, "weak-algorithm"}},
        Row{[](SignerFacts& f) { f.path = PathStatus::untrusted; }, {Verdict::policy, "untrusted"}},
        Row{[](SignerFacts& f) { f.path = PathStatus::too_complex; },
            {Verdict::permerror, "too-complex"}},
        Row{[](SignerFacts& f) { f.path = PathStatus::revoked; }, {Verdict::fail, "revoked"}},
        Row{[](SignerFacts& f) { f.pinned_otherwise = true; }, {Verdict::policy, "pin"}},
        Row{[](SignerFacts& f) { f.address_matches = false; },
            {Verdict::policy, "unbound-address"}},
        Row{[](SignerFacts& f) { f.author = Author::Status::none; },
            {Verdict::policy, "unbound-address"}},
        Row{[](SignerFacts& f) { f.author = Author::Status::several; },
            {Verdict::policy, "multiple-from"}},
        Row{[](SignerFacts& f) { f.author = Author::Status::display_name; },
            {Verdict::policy, "display-name"}},
        Row{[](SignerFacts& f) { f.date_differs = true; }, {Verdict::policy, "date"}},
    };
    CHECK(verdict_of(good) == Judgement{Verdict::pass, {}});
    for (const Row& row : rows) {
        SignerFacts signer = good;
        row.spoil(signer);
        INFO(row.judgement.reason);
        CHECK(verdict_of(signer) == row.judgement);
    }
}

TEST_CASE("SIG-03: several signers, every combination of up to three", "[verdict]") {
    // One signer for each thing that a verdict can be about.
    std::vector<SignerFacts> kinds{good};
    const auto add = [&](auto spoil) {
        kinds.push_back(good);
        spoil(kinds.back());
    };
    add([](SignerFacts& f) { f.address_matches = false; });
    add([](SignerFacts& f) { f.path = PathStatus::untrusted; });
    add([](SignerFacts& f) { f.weak = true; });
    add([](SignerFacts& f) { f.integrity = Integrity::unsupported_algorithm; });
    add([](SignerFacts& f) { f.integrity = Integrity::malformed; });
    add([](SignerFacts& f) { f.integrity = Integrity::bad_signature; });
    add([](SignerFacts& f) { f.path = PathStatus::revoked; });
    add([](SignerFacts& f) { f.date_differs = true; });

    const auto check = [](const std::vector<SignerFacts>& signers) {
        SignatureFacts facts{true, false, signers};
        const Judgement judgement = verdict_of(facts);
        bool one_passes = false, all_harmless = true, any_fails = false;
        for (const auto& signer : signers) {
            const Judgement own = verdict_of(signer);
            one_passes |= own.verdict == Verdict::pass;
            all_harmless &= own.verdict == Verdict::pass || own.reason == "unbound-address";
            any_fails |= own.verdict == Verdict::fail;
        }
        const bool pass = judgement.verdict == Verdict::pass;
        bool holds = pass == (one_passes && all_harmless);
        if (any_fails) holds &= judgement.verdict == Verdict::fail;
        // The order in which they stand changes nothing.
        std::vector<SignerFacts> reversed{signers.rbegin(), signers.rend()};
        holds &= verdict_of(SignatureFacts{true, false, reversed}).verdict == judgement.verdict;
        // A header that readers end in different places lowers a pass, and nothing else (MIME-04).
        facts.ambiguous_header = true;
        holds &= verdict_of(facts) ==
                 (pass ? Judgement{Verdict::permerror, "ambiguous-mime"} : judgement);
        // Two messages in one, and what covers not all of the message, never pass.
        facts.two_contents = true;
        holds &= verdict_of(facts) == Judgement{Verdict::permerror, "two-contents"};
        facts.covers_message = false;
        holds &= verdict_of(facts) == Judgement{};
        return holds;
    };
    std::size_t wrong = 0;
    for (const auto& a : kinds) {
        wrong += check({a}) ? 0U : 1U;
        for (const auto& b : kinds) {
            wrong += check({a, b}) ? 0U : 1U;
            for (const auto& c : kinds) wrong += check({a, b, c}) ? 0U : 1U;
        }
    }
    CHECK(wrong == 0);
    CHECK(verdict_of(SignatureFacts{true, false, {}}) == Judgement{});
}
