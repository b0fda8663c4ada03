#include "keystore/emsa.hpp"

#include <algorithm>
#include <array>

#include "keystore/der.hpp"

namespace keystore {
namespace {

std::string_view oid_of(Digest digest) {
    switch (digest) {
        case Digest::md5:
            return "1.2.840.113549.2.5";
        case Digest::sha1:
            return "1.3.14.3.2.26";
        case Digest::sha224:
            return "2.16.840.1.101.3.4.2.4";
        case Digest::sha256:
            return "2.16.840.1.101.3.4.2.1";
        case Digest::sha384:
            return "2.16.840.1.101.3.4.2.2";
        case Digest::sha512:
            return "2.16.840.1.101.3.4.2.3";
    }
    return {};
}

/// DigestInfo ::= SEQUENCE { digestAlgorithm AlgorithmIdentifier, digest OCTET STRING }
Bytes digest_info(Digest digest, BytesView message_digest) {
    der::Writer algorithm, fields, info;
    algorithm.oid(oid_of(digest));
    algorithm.null();
    fields.element(der::sequence, algorithm.octets());
    fields.element(der::octet_string, message_digest);
    info.element(der::sequence, fields.octets());
    return info.take();
}

}  // namespace

// EM = 0x00 || 0x01 || PS (8 octets 0xff at least) || 0x00 || DigestInfo
Bytes emsa_pkcs1_v15(Digest digest, BytesView message_digest, std::size_t size) {
    const Bytes info = digest_info(digest, message_digest);
    if (size < info.size() + 11) return {};
    Bytes encoded(size, 0xff);
    encoded[0] = 0;
    encoded[1] = 1;
    encoded[size - info.size() - 1] = 0;
    std::copy_backward(info.begin(), info.end(), encoded.end());
    return encoded;
}

// EM = maskedDB || H || 0xbc, DB = PS (zeros) || 0x01 || salt, H = Hash(8 zeros || mHash || salt)
bool verify_emsa_pss(BytesView encoded, std::size_t bits, Digest digest, Digest mgf1_digest,
                     std::size_t salt_length, BytesView message_digest) {
    const std::size_t size = (bits + 7) / 8;
    if (encoded.size() == size + 1 && encoded.front() == 0) encoded = encoded.subspan(1);
    const std::size_t hash_size = digest_size(digest);
    if (encoded.size() != size || size < hash_size + 2 || salt_length > size - hash_size - 2 ||
        message_digest.size() != hash_size || encoded.back() != 0xbc)
        return false;
    const std::size_t db_size = size - hash_size - 1;
    const BytesView h = encoded.subspan(db_size, hash_size);
    Bytes db{encoded.begin(), encoded.begin() + static_cast<std::ptrdiff_t>(db_size)};
    const auto unused = static_cast<std::uint8_t>(0xff00U >> (8 * size - bits));
    if ((db[0] & unused) != 0) return false;
    apply_mgf1(mgf1_digest, h, db);
    db[0] = static_cast<std::uint8_t>(db[0] & ~unused);
    const std::size_t zeros = db_size - salt_length - 1;
    const BytesView view{db};
    if (std::ranges::any_of(view.first(zeros), [](std::uint8_t o) { return o != 0; }) ||
        db[zeros] != 1)
        return false;
    Hash expected{digest};
    expected.update(std::array<std::uint8_t, 8>{});
    expected.update(message_digest);
    expected.update(view.subspan(zeros + 1));
    return std::ranges::equal(expected.finish(), h);
}

}  // namespace keystore
