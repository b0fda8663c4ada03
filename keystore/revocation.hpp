#pragma once

#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "keystore/path.hpp"
#include "keystore/signature_checks.hpp"

namespace keystore {

/// RevocationCheck says what CRLs say of the certificates of a path (RFC 5280, 6.3): full ones,
/// partitioned by reasons or kinds of certificates, indirect ones, and deltas with their base. Of
/// two that cover the same, the newer counts.
///
/// Time: a CRL is usable until its nextUpdate; the owner's may be newer than the time that is
/// judged at, and what was revoked after that time was not revoked then. A CRL that came with a
/// message and claims to be made after its arrival is not used, and what a CRL lists as revoked
/// stays so when the CRL has expired.
class RevocationCheck {
public:
    RevocationCheck(const PathRequest& request, SignatureChecks& checks, int nesting);

    /// Of a path from the target to the anchor, which is not looked up: revoked if one is, good if
    /// all are. Sets about to the first that is not good.
    Revocation of_path(const std::vector<const Certificate*>& path, const Certificate*& about);

private:
    /// A CRL at hand.
    struct Source {
        const CertificateList* list = nullptr;
        bool from_message = false;
    };
    /// A certificate, and the ends of what its CRLs must chain to.
    struct Subject {
        const Certificate* certificate = nullptr;
        const Certificate* issuer = nullptr;
        const Certificate* anchor = nullptr;
    };

    Revocation of_certificate(const Subject& subject);
    bool is_fresh(const Source& source) const;
    bool is_signed(const CertificateList& list, const Subject& subject);
    bool find_signer(const CertificateList& list, const Subject& subject);
    bool is_signer(const CertificateList& list, const Certificate& candidate,
                   const Subject& subject);
    bool says_revoked(const std::optional<CertificateList::Entry>& entry) const;
    const Source* delta_of(const CertificateList& base, const Subject& subject);

    const PathRequest& request_;
    SignatureChecks& checks_;
    const int nesting_;
    std::vector<Source> sources_;  // the newest first
    std::map<std::pair<const CertificateList*, const Certificate*>, bool> signed_;
};

}  // namespace keystore
