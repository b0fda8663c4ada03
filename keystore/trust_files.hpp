#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "keystore/certificate.hpp"
#include "keystore/certificate_list.hpp"

namespace keystore {

/// TrustFiles is what the owner's files of certificates and CRLs hold (CERT-04): each file PEM
/// (RFC 7468) of as many as it likes, or one of them in DER.
struct TrustFiles {
    std::vector<Certificate> certificates;
    std::vector<CertificateList> certificate_lists;
    /// What could not be read of them, in sentences for the owner that name the file.
    std::vector<std::string> problems;

    /// Adds a file's, or those of every file in a folder but hidden ones, in order of name. Throws
    /// KeyFileError that names the place if there is nothing to read, if it is too large, or if
    /// somebody else may write it: who writes there decides who is believed.
    void add(const std::filesystem::path& file_or_folder);
};

}  // namespace keystore
