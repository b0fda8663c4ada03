#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "keystore/certificate.hpp"
#include "keystore/distribution_point.hpp"

namespace keystore {

/// CertificateList is a CRL (RFC 5280, 5), version 1 or 2, read by an own parser: once over its
/// octets, and an index of some 16 octets an entry. It is not verified by being read.
class CertificateList {
public:
    using Time = Certificate::Time;

    /// CRLReason (RFC 5280, 5.3.1).
    enum class Reason {
        unspecified = 0,
        key_compromise = 1,
        ca_compromise = 2,
        affiliation_changed = 3,
        superseded = 4,
        cessation_of_operation = 5,
        certificate_hold = 6,
        remove_from_crl = 8,
        privilege_withdrawn = 9,
        aa_compromise = 10,
    };

    /// What a CRL says of one certificate.
    struct Entry {
        Time revocation_date;
        Reason reason = Reason::unspecified;
        std::optional<Time> invalidity_date;
    };

    /// Nothing if it can't be read, or has more than limits::crl_entries.
    static std::optional<CertificateList> parse(Bytes der);

    /// The entry of a certificate, or nothing. certificate_issuer matters in an indirect CRL (RFC
    /// 5280, 5.3.3). Takes time that grows with the logarithm of the entries.
    std::optional<Entry> find(const DistinguishedName& certificate_issuer,
                              BytesView serial_number) const;

    /// False if it has a critical extension, of its own or of an entry, that we do not know: then
    /// it says nothing of any certificate (RFC 5280, 5.2 and 5.3).
    bool is_understood() const { return understood_; }
    const DistinguishedName& issuer() const { return issuer_; }
    const std::string& issuer_text() const { return issuer_text_; }  ///< as a Certificate's
    Time this_update() const { return this_update_; }
    std::optional<Time> next_update() const { return next_update_; }
    const std::optional<Bytes>& number() const { return number_; }
    /// The BaseCRLNumber of a delta CRL (RFC 5280, 5.2.4). Numbers have no leading zeros.
    const std::optional<Bytes>& base_number() const { return base_number_; }
    const std::optional<IssuingDistributionPoint>& issuing_distribution_point() const {
        return issuing_distribution_point_;
    }
    const std::optional<AuthorityKeyIdentifier>& authority_key_identifier() const {
        return authority_key_identifier_;
    }
    std::size_t size() const { return index_.size(); }  ///< entries

    BytesView der() const { return der_; }
    BytesView tbs_cert_list() const { return tbs_.in(der_); }
    BytesView signature_algorithm() const { return algorithm_.in(der_); }  ///< AlgorithmIdentifier
    BytesView signature() const { return signature_.in(der_); }
    /// Of tbs_cert_list(), by the signature algorithm's digest; empty if that names none.
    const Bytes& digest() const { return digest_; }

private:
    struct IndexEntry {
        std::uint64_t hash = 0;
        std::uint32_t offset = 0;  // of the revokedCertificates' element
        std::uint32_t issuer = 0;  // in issuers_
    };
    bool read_tbs(der::Reader in);
    bool read_entries(der::Reader in);
    bool read_extensions(der::Reader in);

    Bytes der_, digest_;
    Extent tbs_, algorithm_, signature_;
    DistinguishedName issuer_;
    std::string issuer_text_;
    Time this_update_;
    std::optional<Time> next_update_;
    std::optional<Bytes> number_, base_number_;
    std::optional<IssuingDistributionPoint> issuing_distribution_point_;
    std::optional<AuthorityKeyIdentifier> authority_key_identifier_;
    std::vector<DistinguishedName> issuers_;
    std::vector<IndexEntry> index_;  // sorted by hash
    bool understood_ = true;
};

}  // namespace keystore
