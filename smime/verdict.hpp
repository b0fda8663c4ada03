#pragma once

#include <string_view>
#include <vector>

#include "keystore/path.hpp"
#include "smime/author.hpp"
#include "smime/report.hpp"

/// From what was found to what is said: pure functions of plain facts, so that every combination
/// can be tried (ST-05). Nothing else in this program makes a "pass".
namespace smime {

/// What checking one signature itself came to, the first thing that is wrong with it.
enum class Integrity {
    intact,
    malformed,              ///< no SignerInfo, or an algorithm with parameters that can't be
    too_complex,            ///< given up: a limit of CERT-10
    no_certificate,         ///< the signer's certificate is not there
    unsupported_algorithm,  ///< nobody here can tell
    bad_attributes,         ///< signed attributes against the rules (SIG-04, SIG-12)
    stripped_attributes,    ///< no signed attributes where there must be some (SIG-05)
    algorithm_mismatch,     ///< it names two algorithms for one thing (RFC 6211, RFC 4056)
    certificate_mismatch,   ///< the signer meant another certificate (RFC 5035)
    digest_mismatch,        ///< the content is not what was signed
    bad_signature,
};

/// What is known of one signature and of its signer.
struct SignerFacts {
    Integrity integrity = Integrity::malformed;
    bool weak = false;  ///< its digest, algorithm or key is no proof today
    keystore::PathStatus path = keystore::PathStatus::untrusted;
    bool pinned_otherwise = false;  ///< the owner pinned another certificate to the address
    bool address_matches = false;   ///< the author's address is one of the certificate's
    Author::Status author = Author::Status::none;
    bool date_differs = false;  ///< the time of signing is not the message's (SIG-08)

    bool operator==(const SignerFacts&) const = default;
};

/// What is known of a message's signatures: those of the layer that counts, which is the innermost
/// one.
struct SignatureFacts {
    /// The layer begins at the message's root, unbroken, with no encryption inside it (SIG-10).
    bool covers_message = false;
    /// A detached signature holds content of its own: two messages in one (SIG-01).
    bool two_contents = false;
    std::vector<SignerFacts> signers;
    /// Readers do not agree on where the header ends, and so on what the text is (MIME-04).
    bool ambiguous_header = false;
};

struct Judgement {
    Verdict verdict = Verdict::none;
    std::string_view reason;  ///< one stable word; empty for pass and none
    bool operator==(const Judgement&) const = default;
};

/// Of one signer. "pass" exactly if nothing at all is wrong.
Judgement verdict_of(const SignerFacts& signer);

/// Of the message: "pass" exactly if it is whole, plain to read, one signer passes, and of every
/// other the worst that can be said is that the address is not the author's (SIG-03). Else the
/// worst.
Judgement verdict_of(const SignatureFacts& signature);

}  // namespace smime
