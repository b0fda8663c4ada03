#include "keystore/system_trust.hpp"

// The attributes that NSS and p11-kit have given trust.
#define CRYPTOKI_NSS_VENDOR_DEFINED 1
#include <p11-kit/p11-kit.h>
#include <p11-kit/pkcs11.h>
#include <p11-kit/pkcs11x.h>

#include <array>
#include <memory>
#include <optional>
#include <span>

#include "keystore/key_file_error.hpp"
#include "keystore/limits.hpp"

namespace keystore {
namespace {

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wold-style-cast"  // the header's own
constexpr CK_ATTRIBUTE_TYPE is_distrusted = CKA_X_DISTRUSTED;
#pragma GCC diagnostic pop

[[noreturn]] void refuse(const std::string& text) {
    throw KeyFileError{"\"system\": " + text +
                       "; install p11-kit-modules, or name files instead of \"system\""};
}

struct Release {
    void operator()(CK_FUNCTION_LIST** modules) const {
        p11_kit_modules_finalize_and_release(modules);
    }
};
using Modules = std::unique_ptr<CK_FUNCTION_LIST*, Release>;

template <class T>
CK_ATTRIBUTE attribute(CK_ATTRIBUTE_TYPE type, T& value) {
    return {type, &value, sizeof value};
}

CK_ATTRIBUTE attribute(CK_ATTRIBUTE_TYPE type, Bytes& value) {
    return {type, value.data(), value.size()};
}

/// Session looks at the objects of one token.
class Session {
public:
    Session(CK_FUNCTION_LIST& module, CK_SLOT_ID slot) : module_{module} {
        open_ =
            module_.C_OpenSession(slot, CKF_SERIAL_SESSION, nullptr, nullptr, &session_) == CKR_OK;
    }
    ~Session() {
        if (open_) module_.C_CloseSession(session_);
    }
    Session(const Session&) = delete;
    Session& operator=(const Session&) = delete;
    bool is_open() const { return open_; }

    std::vector<CK_OBJECT_HANDLE> find(std::span<CK_ATTRIBUTE> wanted) const {
        std::vector<CK_OBJECT_HANDLE> found;
        if (module_.C_FindObjectsInit(session_, wanted.data(), wanted.size()) != CKR_OK)
            return found;
        std::array<CK_OBJECT_HANDLE, 64> piece{};
        CK_ULONG count = 0;
        while (found.size() <= limits::trust_certificates &&
               module_.C_FindObjects(session_, piece.data(), piece.size(), &count) == CKR_OK &&
               count > 0)
            found.insert(found.end(), piece.begin(), piece.begin() + count);
        module_.C_FindObjectsFinal(session_);
        return found;
    }

    std::optional<Bytes> octets(CK_OBJECT_HANDLE object, CK_ATTRIBUTE_TYPE type) const {
        CK_ATTRIBUTE asked{type, nullptr, 0};
        if (module_.C_GetAttributeValue(session_, object, &asked, 1) != CKR_OK ||
            asked.ulValueLen > limits::key_file)
            return std::nullopt;
        Bytes value(asked.ulValueLen);
        asked.pValue = value.data();
        if (module_.C_GetAttributeValue(session_, object, &asked, 1) != CKR_OK) return std::nullopt;
        value.resize(asked.ulValueLen);
        return value;
    }

    template <class T>
    std::optional<T> value(CK_OBJECT_HANDLE object, CK_ATTRIBUTE_TYPE type) const {
        T value{};
        CK_ATTRIBUTE asked{type, &value, sizeof value};
        if (module_.C_GetAttributeValue(session_, object, &asked, 1) != CKR_OK ||
            asked.ulValueLen != sizeof value)
            return std::nullopt;
        return value;
    }

private:
    CK_FUNCTION_LIST& module_;
    CK_SESSION_HANDLE session_ = 0;
    bool open_ = false;
};

/// What a token's trust objects say of a certificate for a purpose: somebody has to say that it is
/// an anchor, and nobody that it is not.
bool is_anchor_for(const Session& session, CK_OBJECT_HANDLE certificate,
                   CK_ATTRIBUTE_TYPE purpose) {
    auto issuer = session.octets(certificate, CKA_ISSUER);
    auto serial = session.octets(certificate, CKA_SERIAL_NUMBER);
    if (!issuer || !serial) return false;
    CK_OBJECT_CLASS trust = CKO_NSS_TRUST;
    std::array wanted{attribute(CKA_CLASS, trust), attribute(CKA_ISSUER, *issuer),
                      attribute(CKA_SERIAL_NUMBER, *serial)};
    bool trusted = false;
    for (const auto object : session.find(wanted)) {
        const auto value = session.value<CK_TRUST>(object, purpose);
        if (value == CKT_NSS_NOT_TRUSTED) return false;
        trusted |= value == CKT_NSS_TRUSTED_DELEGATOR || value == CKT_NSS_TRUSTED;
    }
    return trusted;
}

/// True if what it issues is no longer relied on from some day on: there is no saying so to a path.
bool is_fading(const Session& session, CK_OBJECT_HANDLE certificate) {
    const auto day = session.octets(certificate, CKA_NSS_EMAIL_DISTRUST_AFTER);
    return day && day->size() > 1;
}

void add_token(CK_FUNCTION_LIST& module, CK_SLOT_ID slot, SystemTrust& trust) {
    const Session session{module, slot};
    if (!session.is_open()) return;
    CK_OBJECT_CLASS certificate = CKO_CERTIFICATE;
    CK_BBOOL yes = CK_TRUE;
    std::array wanted{attribute(CKA_CLASS, certificate), attribute(CKA_TRUSTED, yes)};
    for (const auto object : session.find(wanted)) {
        const bool mail = is_anchor_for(session, object, CKA_TRUST_EMAIL_PROTECTION);
        if (mail != is_anchor_for(session, object, CKA_TRUST_SERVER_AUTH))
            trust.knows_purposes = true;
        if (!mail || session.value<CK_BBOOL>(object, is_distrusted) == CK_TRUE ||
            is_fading(session, object))
            continue;
        const auto der = session.octets(object, CKA_VALUE);
        auto parsed = der ? Certificate::parse(*der) : std::nullopt;
        if (parsed) trust.anchors.push_back(std::move(*parsed));
        if (trust.anchors.size() > limits::trust_certificates)
            refuse("there are too many certificates");
    }
}

}  // namespace

SystemTrust SystemTrust::read() {
    const Modules modules{p11_kit_modules_load_and_initialize(P11_KIT_MODULE_TRUSTED)};
    if (!modules) {
        const char* message = p11_kit_message();
        refuse(std::string{"p11-kit's modules can't be loaded: "} + (message ? message : "?"));
    }
    if (!*modules) refuse("p11-kit has no module that knows whom this system trusts");
    SystemTrust trust;
    for (auto* module = modules.get(); *module; ++module) {
        std::array<CK_SLOT_ID, 64> slots{};
        CK_ULONG count = slots.size();
        if ((*module)->C_GetSlotList(CK_TRUE, slots.data(), &count) != CKR_OK)
            refuse("a module of p11-kit does not say what it has");
        for (CK_ULONG i = 0; i < count; ++i) add_token(**module, slots[i], trust);
    }
    return trust;
}

}  // namespace keystore
