#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "smime/author.hpp"
#include "smime/multipart_signed.hpp"
#include "smime/report.hpp"
#include "smime/signature_verifier.hpp"

namespace smime {

/// SignatureReview looks at the signatures of one message while its layers are peeled, outermost
/// first, and says in the end what they are worth. Does nothing if nobody asked for it.
class SignatureReview {
public:
    /// at: when validity is judged; nothing: signatures are not verified. All must outlive it.
    SignatureReview(const SignaturePolicy& policy, std::optional<keystore::Certificate::Time> at,
                    const keystore::Keystore& keys);

    bool is_asked_for() const { return verifier_.has_value(); }
    bool has_looked() const { return !signatures_.empty(); }  ///< at a signature

    /// Layer number layer is signed_data around content.
    void look_at(const SignedData& signed_data, keystore::BytesView content, std::size_t layer);
    /// Layer number layer is this multipart/signed (RFC 8551, 3.5.3).
    void look_at(const MultipartSigned& parts, std::size_t layer);

    /// Writes the signers into the report's layers, and the verdict, unless there is an error, into
    /// the report. header is the one that a client sees.
    void conclude(std::string_view header, Report& report) const;

private:
    struct Signature {
        std::size_t layer = 0;
        bool two_contents = false;  ///< SIG-01
        bool is_all = true;         ///< nothing stands in the layer but what is signed
        std::vector<CheckedSigner> signers;
    };
    std::optional<SignatureVerifier> verifier_;
    std::vector<Signature> signatures_;
};

}  // namespace smime
