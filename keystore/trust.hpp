#pragma once

#include <vector>

#include "keystore/certificate.hpp"
#include "keystore/certificate_list.hpp"

namespace keystore {

/// Trust is what the owner has chosen to rely on for mail (CERT-04), and what helps to find the way
/// there. Nothing that came with a message is ever part of it. Immutable once made.
struct Trust {
    std::vector<Certificate> anchors;
    std::vector<Certificate> intermediates;  ///< candidates, never anchors
    std::vector<CertificateList> certificate_lists;
};

}  // namespace keystore
