#include <mbedtls/md.h>
#include <mbedtls/pkcs5.h>
#include <mbedtls/version.h>

#include <algorithm>
#include <new>
#include <stdexcept>

#include "keystore/crypto.hpp"
#include "keystore/crypto_object.hpp"

namespace keystore {
namespace {

using MdContext = CObject<mbedtls_md_context_t, mbedtls_md_init, mbedtls_md_free>;

const mbedtls_md_info_t* md_info(Digest digest) {
    switch (digest) {
        case Digest::md5:
            return mbedtls_md_info_from_type(MBEDTLS_MD_MD5);
        case Digest::sha1:
            return mbedtls_md_info_from_type(MBEDTLS_MD_SHA1);
        case Digest::sha224:
            return mbedtls_md_info_from_type(MBEDTLS_MD_SHA224);
        case Digest::sha256:
            return mbedtls_md_info_from_type(MBEDTLS_MD_SHA256);
        case Digest::sha384:
            return mbedtls_md_info_from_type(MBEDTLS_MD_SHA384);
        case Digest::sha512:
            return mbedtls_md_info_from_type(MBEDTLS_MD_SHA512);
    }
    return nullptr;
}

/// These functions fail only without memory, or if the library was built without the digest.
void must(int status) {
    if (status == MBEDTLS_ERR_MD_ALLOC_FAILED) throw std::bad_alloc{};
    if (status != 0) throw std::runtime_error{"mbedTLS lacks a digest that paperknife needs"};
}

}  // namespace

std::size_t digest_size(Digest digest) {
    switch (digest) {
        case Digest::md5:
            return 16;
        case Digest::sha1:
            return 20;
        case Digest::sha224:
            return 28;
        case Digest::sha256:
            return 32;
        case Digest::sha384:
            return 48;
        case Digest::sha512:
            return 64;
    }
    return 0;
}

Bytes hash(Digest digest, BytesView octets) {
    Bytes result(digest_size(digest));
    must(mbedtls_md(md_info(digest), octets.data(), octets.size(), result.data()));
    return result;
}

struct Hash::State {
    MdContext md;
    Digest digest;
};

Hash::Hash(Digest digest) : state_{std::make_unique<State>()} {
    state_->digest = digest;
    must(mbedtls_md_setup(state_->md.get(), md_info(digest), 0));
    must(mbedtls_md_starts(state_->md.get()));
}

Hash::~Hash() = default;
Hash::Hash(Hash&&) noexcept = default;
Hash& Hash::operator=(Hash&&) noexcept = default;

void Hash::update(BytesView octets) {
    must(mbedtls_md_update(state_->md.get(), octets.data(), octets.size()));
}

Bytes Hash::finish() {
    Bytes result(digest_size(state_->digest));
    must(mbedtls_md_finish(state_->md.get(), result.data()));
    return result;
}

SecretBytes Hash::finish_secret() {
    SecretBytes result{digest_size(state_->digest)};
    must(mbedtls_md_finish(state_->md.get(), result.expose().data()));
    return result;
}

SecretBytes hmac(Digest digest, BytesView key, BytesView octets) {
    SecretBytes result{digest_size(digest)};
    must(mbedtls_md_hmac(md_info(digest), key.data(), key.size(), octets.data(), octets.size(),
                         result.expose().data()));
    return result;
}

SecretBytes pbkdf2(Digest prf, BytesView password, BytesView salt, std::uint32_t iterations,
                   std::size_t length) {
    SecretBytes key{length};
    if (length == 0) return key;
#if MBEDTLS_VERSION_MAJOR >= 3
    must(mbedtls_pkcs5_pbkdf2_hmac_ext(mbedtls_md_get_type(md_info(prf)), password.data(),
                                       password.size(), salt.data(), salt.size(), iterations,
                                       static_cast<std::uint32_t>(length), key.expose().data()));
#else
    MdContext md;
    must(mbedtls_md_setup(md.get(), md_info(prf), 1));
    must(mbedtls_pkcs5_pbkdf2_hmac(md.get(), password.data(), password.size(), salt.data(),
                                   salt.size(), iterations, static_cast<std::uint32_t>(length),
                                   key.expose().data()));
#endif
    return key;
}

}  // namespace keystore
