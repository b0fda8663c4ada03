#include "keystore/signature_algorithm.hpp"

#include <array>

#include "keystore/der.hpp"

namespace keystore {
namespace {

constexpr auto encoding = der::Limits::der();
constexpr std::string_view mgf1_oid = "1.2.840.113549.1.1.8";

using Family = SignatureAlgorithm::Family;

struct DigestRow {
    std::string_view oid;
    std::string_view word;
    Digest digest;
};

constexpr std::array digests{
    DigestRow{"1.2.840.113549.2.5", "md5", Digest::md5},
    DigestRow{"1.3.14.3.2.26", "sha-1", Digest::sha1},
    DigestRow{"2.16.840.1.101.3.4.2.4", "sha-224", Digest::sha224},
    DigestRow{"2.16.840.1.101.3.4.2.1", "sha-256", Digest::sha256},
    DigestRow{"2.16.840.1.101.3.4.2.2", "sha-384", Digest::sha384},
    DigestRow{"2.16.840.1.101.3.4.2.3", "sha-512", Digest::sha512},
};

struct Row {
    std::string_view oid;
    std::string_view word;
    Family family = Family::unsupported;
    std::optional<Digest> digest = std::nullopt;
    bool weak = false;
};

constexpr std::array algorithms{
    Row{"1.2.840.113549.1.1.1", "rsa", Family::rsa_pkcs1},  // rsaEncryption: RFC 3370, 3.2
    Row{"1.2.840.113549.1.1.4", "rsa-md5", Family::rsa_pkcs1, Digest::md5},
    Row{"1.2.840.113549.1.1.5", "rsa-sha1", Family::rsa_pkcs1, Digest::sha1},
    Row{"1.3.14.3.2.29", "rsa-sha1", Family::rsa_pkcs1, Digest::sha1},
    Row{"1.2.840.113549.1.1.14", "rsa-sha224", Family::rsa_pkcs1, Digest::sha224},
    Row{"1.2.840.113549.1.1.11", "rsa-sha256", Family::rsa_pkcs1, Digest::sha256},
    Row{"1.2.840.113549.1.1.12", "rsa-sha384", Family::rsa_pkcs1, Digest::sha384},
    Row{"1.2.840.113549.1.1.13", "rsa-sha512", Family::rsa_pkcs1, Digest::sha512},
    Row{"1.2.840.113549.1.1.10", "rsa-pss", Family::rsa_pss},
    Row{"1.2.840.10045.2.1", "ecdsa", Family::ecdsa},  // id-ecPublicKey: some write the key's
    Row{"1.2.840.10045.4.1", "ecdsa-sha1", Family::ecdsa, Digest::sha1},
    Row{"1.2.840.10045.4.3.1", "ecdsa-sha224", Family::ecdsa, Digest::sha224},
    Row{"1.2.840.10045.4.3.2", "ecdsa-sha256", Family::ecdsa, Digest::sha256},
    Row{"1.2.840.10045.4.3.3", "ecdsa-sha384", Family::ecdsa, Digest::sha384},
    Row{"1.2.840.10045.4.3.4", "ecdsa-sha512", Family::ecdsa, Digest::sha512},
    Row{"1.3.101.112", "ed25519", Family::ed25519},
    // Known by name only.
    Row{"1.2.840.113549.1.1.2", "rsa-md2", Family::unsupported, std::nullopt, true},
    Row{"1.2.840.113549.1.1.3", "rsa-md4", Family::unsupported, std::nullopt, true},
    Row{"1.3.14.3.2.3", "rsa-md5", Family::unsupported, std::nullopt, true},
    Row{"1.2.840.10040.4.1", "dsa", Family::unsupported, std::nullopt, true},
    Row{"1.2.840.10040.4.3", "dsa-sha1", Family::unsupported, std::nullopt, true},
    Row{"1.3.14.3.2.27", "dsa-sha1", Family::unsupported, std::nullopt, true},
    Row{"2.16.840.1.101.3.4.3.1", "dsa-sha224", Family::unsupported, std::nullopt, true},
    Row{"2.16.840.1.101.3.4.3.2", "dsa-sha256"},
    Row{"1.2.840.113549.1.1.15", "rsa-sha512-224"},
    Row{"1.2.840.113549.1.1.16", "rsa-sha512-256"},
    Row{"2.16.840.1.101.3.4.3.9", "ecdsa-sha3-224"},
    Row{"2.16.840.1.101.3.4.3.10", "ecdsa-sha3-256"},
    Row{"2.16.840.1.101.3.4.3.11", "ecdsa-sha3-384"},
    Row{"2.16.840.1.101.3.4.3.12", "ecdsa-sha3-512"},
    Row{"2.16.840.1.101.3.4.3.13", "rsa-sha3-224"},
    Row{"2.16.840.1.101.3.4.3.14", "rsa-sha3-256"},
    Row{"2.16.840.1.101.3.4.3.15", "rsa-sha3-384"},
    Row{"2.16.840.1.101.3.4.3.16", "rsa-sha3-512"},
    Row{"1.3.6.1.5.5.7.6.30", "rsa-pss-shake128"},
    Row{"1.3.6.1.5.5.7.6.31", "rsa-pss-shake256"},
    Row{"1.3.6.1.5.5.7.6.32", "ecdsa-shake128"},
    Row{"1.3.6.1.5.5.7.6.33", "ecdsa-shake256"},
    Row{"1.3.101.113", "ed448"},
    Row{"2.16.840.1.101.3.4.3.17", "ml-dsa-44"},
    Row{"2.16.840.1.101.3.4.3.18", "ml-dsa-65"},
    Row{"2.16.840.1.101.3.4.3.19", "ml-dsa-87"},
    Row{"2.16.840.1.101.3.4.3.20", "slh-dsa-sha2-128s"},
    Row{"2.16.840.1.101.3.4.3.21", "slh-dsa-sha2-128f"},
    Row{"2.16.840.1.101.3.4.3.22", "slh-dsa-sha2-192s"},
    Row{"2.16.840.1.101.3.4.3.23", "slh-dsa-sha2-192f"},
    Row{"2.16.840.1.101.3.4.3.24", "slh-dsa-sha2-256s"},
    Row{"2.16.840.1.101.3.4.3.25", "slh-dsa-sha2-256f"},
    Row{"2.16.840.1.101.3.4.3.26", "slh-dsa-shake-128s"},
    Row{"2.16.840.1.101.3.4.3.27", "slh-dsa-shake-128f"},
    Row{"2.16.840.1.101.3.4.3.28", "slh-dsa-shake-192s"},
    Row{"2.16.840.1.101.3.4.3.29", "slh-dsa-shake-192f"},
    Row{"2.16.840.1.101.3.4.3.30", "slh-dsa-shake-256s"},
    Row{"2.16.840.1.101.3.4.3.31", "slh-dsa-shake-256f"},
    Row{"1.2.840.113549.1.9.16.3.17", "hss-lms"},
};

const Row* row_of(std::string_view oid) {
    for (const Row& row : algorithms)
        if (row.oid == oid) return &row;
    return nullptr;
}

/// The OID of an AlgorithmIdentifier whose parameters are NULL or absent, as a hash's are. Others
/// are malformed.
std::optional<std::string> read_hash_algorithm(der::Reader& in) {
    auto fields = in.enter(der::sequence);
    auto oid = fields ? fields->oid() : std::nullopt;
    if (!oid) return std::nullopt;
    if (!fields->at_end()) {
        const auto null = fields->next(der::null);
        if (!null || !null->content.empty()) return std::nullopt;
    }
    if (!fields->at_end()) return std::nullopt;
    return oid;
}

/// MaskGenAlgorithm ::= SEQUENCE { id-mgf1, HashAlgorithm }
bool read_mask_generation(der::Reader in, std::optional<Digest>& digest) {
    auto fields = in.enter(der::sequence);
    const auto oid = fields ? fields->oid() : std::nullopt;
    if (!oid || !in.at_end()) return false;
    digest = std::nullopt;
    if (*oid != mgf1_oid) return true;
    const auto hash = read_hash_algorithm(*fields);
    if (!hash || !fields->at_end()) return false;
    digest = digest_of_oid(*hash);
    return true;
}

/// True if these are the parameters that the algorithm must have (RFC 5754, 3.2 and 3.3; RFC 8410,
/// 3): none, or NULL for RSA; the curve for a key's own OID.
bool parameters_fit(const Row& row, const std::optional<der::Element>& parameters) {
    if (!parameters) return true;
    switch (row.family) {
        case Family::rsa_pkcs1:
            return parameters->tag == der::null && parameters->content.empty();
        case Family::ecdsa:
            // NULL is against RFC 5758, 3.2, and in use.
            return (parameters->tag == der::null && parameters->content.empty()) ||
                   (!row.digest && parameters->tag == der::oid);
        case Family::ed25519:
            return false;
        case Family::rsa_pss:
        case Family::unsupported:
            break;
    }
    return true;
}

bool read_pss(const std::optional<der::Element>& parameters, SignatureAlgorithm& algorithm) {
    if (!parameters) return false;  // RFC 4056, 3: must be present in a signature
    const auto pss = PssParameters::parse(parameters->octets);
    if (!pss) return false;
    if (!pss->digest || !pss->mgf1_digest) {
        algorithm.family = Family::unsupported;
        return true;
    }
    algorithm.digest = pss->digest;
    algorithm.mgf1_digest = *pss->mgf1_digest;
    algorithm.salt_length = pss->salt_length;
    return true;
}

}  // namespace

std::optional<Digest> digest_of_oid(std::string_view oid) {
    for (const DigestRow& row : digests)
        if (row.oid == oid) return row.digest;
    return std::nullopt;
}

std::string_view digest_word(Digest digest) {
    for (const DigestRow& row : digests)
        if (row.digest == digest) return row.word;
    return {};
}

bool is_weak(Digest digest) {
    switch (digest) {
        case Digest::md5:
        case Digest::sha1:
        case Digest::sha224:
            return true;
        case Digest::sha256:
        case Digest::sha384:
        case Digest::sha512:
            return false;
    }
    return true;
}

//     RSASSA-PSS-params ::= SEQUENCE { hashAlgorithm [0] DEFAULT sha1, maskGenAlgorithm [1]
//         DEFAULT mgf1SHA1, saltLength [2] INTEGER DEFAULT 20, trailerField [3] INTEGER DEFAULT 1 }
std::optional<PssParameters> PssParameters::parse(BytesView der) {
    der::Reader outer{der, encoding};
    auto fields = outer.enter(der::sequence);
    if (!fields || !outer.at_end()) return std::nullopt;
    PssParameters result{Digest::sha1, Digest::sha1};
    if (auto tagged = fields->enter_context(0)) {
        const auto oid = read_hash_algorithm(*tagged);
        if (!oid || !tagged->at_end()) return std::nullopt;
        result.digest = digest_of_oid(*oid);
    }
    if (auto tagged = fields->enter_context(1))
        if (!read_mask_generation(*tagged, result.mgf1_digest)) return std::nullopt;
    if (auto tagged = fields->enter_context(2)) {
        const auto length = tagged->small_integer();
        if (!length || !tagged->at_end()) return std::nullopt;
        result.salt_length = *length;
    }
    if (auto tagged = fields->enter_context(3))
        if (tagged->small_integer() != 1 || !tagged->at_end()) return std::nullopt;
    if (!fields->at_end()) return std::nullopt;
    return result;
}

std::optional<SignatureAlgorithm> SignatureAlgorithm::parse(BytesView der) {
    der::Reader outer{der, encoding};
    auto fields = outer.enter(der::sequence);
    auto oid = fields ? fields->oid() : std::nullopt;
    if (!oid || !outer.at_end()) return std::nullopt;
    std::optional<der::Element> parameters;
    if (!fields->at_end()) parameters = fields->next();
    if (!fields->at_end()) return std::nullopt;

    SignatureAlgorithm algorithm;
    algorithm.oid = std::move(*oid);
    const Row* row = row_of(algorithm.oid);
    if (!row) return algorithm;
    if (!parameters_fit(*row, parameters)) return std::nullopt;
    algorithm.family = row->family;
    algorithm.digest = row->digest;
    if (row->family == Family::rsa_pss && !read_pss(parameters, algorithm)) return std::nullopt;
    algorithm.weak = row->weak || (algorithm.digest && is_weak(*algorithm.digest));
    return algorithm;
}

SignatureAlgorithm SignatureAlgorithm::with_digest(Digest beside) const {
    SignatureAlgorithm result = *this;
    if (digest || family == Family::unsupported || family == Family::ed25519) return result;
    result.digest = beside;
    result.weak = weak || is_weak(beside);
    return result;
}

std::string SignatureAlgorithm::word() const {
    const Row* row = row_of(oid);
    if (!row) return oid;
    std::string text{row->word};
    if (row->digest || !digest || family == Family::rsa_pss) return text;
    text += '-';
    for (const char c : digest_word(*digest))
        if (c != '-') text += c;
    return text;
}

}  // namespace keystore
