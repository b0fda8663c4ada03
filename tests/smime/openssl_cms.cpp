#include "tests/smime/openssl_cms.hpp"

#include <openssl/cms.h>
#include <openssl/err.h>
#include <openssl/pem.h>

#include <stdexcept>

namespace openssl_cms {

namespace {

template <auto Free>
struct Freer {
    template <class T>
    void operator()(T* object) const {
        Free(object);
    }
};

using Bio = std::unique_ptr<BIO, Freer<BIO_free_all>>;
using ContentInfo = std::unique_ptr<CMS_ContentInfo, Freer<CMS_ContentInfo_free>>;
using PrivateKey = std::unique_ptr<EVP_PKEY, Freer<EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, Freer<X509_free>>;

ContentInfo read(const std::vector<unsigned char>& cms) {
    const Bio in{BIO_new_mem_buf(cms.data(), static_cast<int>(cms.size()))};
    ContentInfo info{d2i_CMS_bio(in.get(), nullptr)};
    ERR_clear_error();
    return info;
}

}  // namespace

struct Key::State {
    PrivateKey key;
    Certificate certificate;
};

Key::Key(const std::filesystem::path& file) : state_{std::make_unique<State>()} {
    const auto open = [&] { return Bio{BIO_new_file(file.c_str(), "r")}; };
    state_->key.reset(PEM_read_bio_PrivateKey(open().get(), nullptr, nullptr, nullptr));
    state_->certificate.reset(PEM_read_bio_X509(open().get(), nullptr, nullptr, nullptr));
    if (!state_->key || !state_->certificate)
        throw std::runtime_error{"no key and certificate in " + file.string()};
}

Key::~Key() = default;
Key::Key(Key&&) noexcept = default;

std::optional<std::string> Key::decrypt(const std::vector<unsigned char>& cms) const {
    const auto info = read(cms);
    if (!info) return std::nullopt;
    const Bio out{BIO_new(BIO_s_mem())};
    const int done = CMS_decrypt(info.get(), state_->key.get(), state_->certificate.get(), nullptr,
                                 out.get(), CMS_BINARY);
    ERR_clear_error();
    if (done != 1) return std::nullopt;
    char* octets = nullptr;
    const long size = BIO_get_mem_data(out.get(), &octets);
    return std::string{octets, static_cast<std::size_t>(size)};
}

std::optional<std::string> signed_content(const std::vector<unsigned char>& cms) {
    const auto info = read(cms);
    if (!info || OBJ_obj2nid(CMS_get0_type(info.get())) != NID_pkcs7_signed) return std::nullopt;
    ASN1_OCTET_STRING** const content = CMS_get0_content(info.get());
    ERR_clear_error();
    if (!content || !*content) return std::nullopt;
    return std::string{reinterpret_cast<const char*>(ASN1_STRING_get0_data(*content)),
                       static_cast<std::size_t>(ASN1_STRING_length(*content))};
}

}  // namespace openssl_cms
