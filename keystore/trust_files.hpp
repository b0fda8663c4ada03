#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "keystore/certificate.hpp"
#include "keystore/certificate_list.hpp"

namespace keystore {

/// TrustFile is what one file of certificates and CRLs holds: PEM (RFC 7468) of as many as it
/// likes, or one of them in DER.
struct TrustFile {
    std::filesystem::path path;
    std::vector<Certificate> certificates;
    std::vector<CertificateList> certificate_lists;
    /// What could not be read of it, and what to do, in sentences for the owner.
    std::vector<std::string> problems;

    /// Reads its octets. Throws KeyFileError, without the place, if it is no PEM after all.
    static TrustFile parse(std::filesystem::path path, Bytes octets);
};

/// TrustFiles are the owner's files of certificates and CRLs (CERT-04).
struct TrustFiles {
    std::vector<TrustFile> files;

    /// Adds a file, or every file of a folder but hidden ones, in order of name. Throws
    /// KeyFileError that names the place if there is nothing to read, if it is too large, or if
    /// somebody else may write it: who writes there decides who is believed. A file of a folder of
    /// which that is true is left out, and its problems say so: one bad file never costs the
    /// others.
    void add(const std::filesystem::path& file_or_folder);

private:
    void count(const TrustFile& file);

    std::size_t certificates_ = 0;
};

}  // namespace keystore
