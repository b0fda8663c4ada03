#include <mbedtls/ecdsa.h>
#include <mbedtls/ecp.h>

#include "keystore/crypto.hpp"
#include "keystore/crypto_curve.hpp"
#include "keystore/crypto_object.hpp"
#include "keystore/crypto_rsa.hpp"
#include "keystore/der.hpp"

// Verifying knows no secret: nothing here needs blinding or constant time.

namespace keystore {
namespace {

using Integer = CObject<mbedtls_mpi, mbedtls_mpi_init, mbedtls_mpi_free>;
using Group = CObject<mbedtls_ecp_group, mbedtls_ecp_group_init, mbedtls_ecp_group_free>;
using Point = CObject<mbedtls_ecp_point, mbedtls_ecp_point_init, mbedtls_ecp_point_free>;

bool read(Integer& integer, BytesView magnitude) {
    return mbedtls_mpi_read_binary(integer.get(), magnitude.data(), magnitude.size()) == 0;
}

/// A positive INTEGER of an ECDSA signature.
bool read_integer(der::Reader& in, Integer& integer) {
    const auto octets = in.integer_octets();
    return octets && octets->front() < 0x80 && read(integer, *octets);
}

}  // namespace

std::optional<Bytes> rsa_public(BytesView modulus, BytesView exponent, BytesView octets) {
    Rsa rsa;
    if (octets.size() != modulus.size() ||
        mbedtls_rsa_import_raw(rsa.get(), modulus.data(), modulus.size(), nullptr, 0, nullptr, 0,
                               nullptr, 0, exponent.data(), exponent.size()) != 0 ||
        mbedtls_rsa_complete(rsa.get()) != 0 || mbedtls_rsa_get_len(rsa.get()) != octets.size())
        return std::nullopt;
    Bytes result(octets.size());
    if (mbedtls_rsa_public(rsa.get(), octets.data(), result.data()) != 0) return std::nullopt;
    return result;
}

//     ECDSA-Sig-Value ::= SEQUENCE { r INTEGER, s INTEGER }
bool ecdsa_verify(Curve curve, BytesView point, BytesView digest, BytesView signature) {
    der::Reader outer{signature, der::Limits::der()};
    auto fields = outer.enter(der::sequence);
    Integer r, s;
    if (!fields || !outer.at_end() || !read_integer(*fields, r) || !read_integer(*fields, s) ||
        !fields->at_end())
        return false;
    Group group;
    Point key;
    Bytes uncompressed{4};
    uncompressed.insert(uncompressed.end(), point.begin(), point.end());
    return mbedtls_ecp_group_load(group.get(), group_id(curve)) == 0 &&
           mbedtls_ecp_point_read_binary(group.get(), key.get(), uncompressed.data(),
                                         uncompressed.size()) == 0 &&
           mbedtls_ecp_check_pubkey(group.get(), key.get()) == 0 &&
           mbedtls_ecdsa_verify(group.get(), digest.data(), digest.size(), key.get(), r.get(),
                                s.get()) == 0;
}

}  // namespace keystore
