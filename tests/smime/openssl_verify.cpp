#include "tests/smime/openssl_verify.hpp"

#include <openssl/cms.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <stdexcept>

namespace openssl_verify {

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
using Certificate = std::unique_ptr<X509, Freer<X509_free>>;
using Store = std::unique_ptr<X509_STORE, Freer<X509_STORE_free>>;

Bio memory(std::string_view octets) {
    return Bio{BIO_new_mem_buf(octets.data(), static_cast<int>(octets.size()))};
}

bool has_signer_of(CMS_ContentInfo* info, const std::string& address) {
    STACK_OF(X509)* const signers = CMS_get0_signers(info);
    bool found = false;
    for (int i = 0; i < sk_X509_num(signers); ++i)
        found |= X509_check_email(sk_X509_value(signers, i), address.c_str(), 0, 0) == 1;
    sk_X509_free(signers);
    return found;
}

}  // namespace

bool is_certificate(std::string_view der) {
    const auto* octets = reinterpret_cast<const unsigned char*>(der.data());
    const Certificate certificate{d2i_X509(nullptr, &octets, static_cast<long>(der.size()))};
    ERR_clear_error();
    return certificate != nullptr;
}

struct Judge::State {
    Store store{X509_STORE_new()};

    bool verifies(CMS_ContentInfo* info, BIO* content, unsigned flags,
                  const std::string& address) const {
        const Bio out{BIO_new(BIO_s_null())};
        return CMS_verify(info, nullptr, store.get(), content, out.get(), flags) == 1 &&
               has_signer_of(info, address);
    }
};

Judge::Judge(const std::filesystem::path& anchor, std::time_t at)
    : state_{std::make_unique<State>()} {
    const Bio file{BIO_new_file(anchor.c_str(), "r")};
    const Certificate certificate{PEM_read_bio_X509(file.get(), nullptr, nullptr, nullptr)};
    if (!certificate) throw std::runtime_error{"no certificate in " + anchor.string()};
    X509_STORE_add_cert(state_->store.get(), certificate.get());
    X509_VERIFY_PARAM_set_time(X509_STORE_get0_param(state_->store.get()), at);
}

Judge::~Judge() = default;

bool Judge::verifies(std::string_view cms, std::string_view content,
                     const std::string& address) const {
    const ContentInfo info{d2i_CMS_bio(memory(cms).get(), nullptr)};
    const Bio beside = content.empty() ? nullptr : memory(content);
    const bool good = info && state_->verifies(info.get(), beside.get(), CMS_BINARY, address);
    ERR_clear_error();
    return good;
}

bool Judge::verifies_message(const std::string& message, const std::string& address) const {
    bool good = false;
    for (const unsigned flags : {0U, static_cast<unsigned>(CMS_BINARY)}) {
        BIO* content = nullptr;
        const ContentInfo info{SMIME_read_CMS(memory(message).get(), &content)};
        const Bio owned{content};
        good |= info && state_->verifies(info.get(), content, flags, address);
    }
    ERR_clear_error();
    return good;
}

}  // namespace openssl_verify
