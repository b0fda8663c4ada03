#pragma once

#include <string>

#include "keystore/certificate.hpp"

namespace keystore {

/// Why no mail could be believed through a certificate if it were an anchor (RFC 5280, 4.2; RFC
/// 8550, 4.4; CERT-02, CERT-03, CERT-10), in words that follow its name: "is no CA: …". Empty if
/// nothing is wrong with it, now.
std::string anchor_problem(const Certificate& certificate, Certificate::Time now);

/// True if a certificate says that it may issue others (RFC 5280, 4.2.1.9).
bool is_certificate_authority(const Certificate& certificate);

/// The SHA-256 of a certificate's DER, as people compare it and pins name it: "sha256:" and 64
/// digits.
std::string fingerprint_text(BytesView der);

}  // namespace keystore
