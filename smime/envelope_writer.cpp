#include "smime/envelope_writer.hpp"

#include <array>

#include "keystore/crypto_encrypt.hpp"
#include "keystore/der_header.hpp"
#include "keystore/key_derivation.hpp"
#include "keystore/recipient_key.hpp"
#include "smime/algorithms.hpp"
#include "smime/key_agreement.hpp"

namespace smime {

namespace der = keystore::der;

namespace {

using keystore::Bytes;
using keystore::BytesView;
using keystore::Curve;
using keystore::SecretBytes;

constexpr std::string_view rsa_encryption = "1.2.840.113549.1.1.1";
constexpr std::string_view ec_public_key = "1.2.840.10045.2.1";
constexpr std::string_view std_dh_sha256_kdf = "1.3.132.1.11.1";               // RFC 5753, 7.1.4
constexpr std::string_view std_dh_hkdf_sha256 = "1.2.840.113549.1.9.16.3.19";  // RFC 8418, 2.2
constexpr std::string_view aes_256_wrap = "2.16.840.1.101.3.4.1.45";           // RFC 3565, 2.3.2
constexpr std::string_view aes_256_gcm = "2.16.840.1.101.3.4.1.46";
constexpr std::string_view aes_256_cbc = "2.16.840.1.101.3.4.1.42";

constexpr std::size_t key_size = 32;
constexpr std::size_t block_size = 16;
constexpr std::size_t nonce_size = 12;

SecretBytes random_secret(std::size_t size) {
    SecretBytes octets{size};
    keystore::fill_random(octets.expose());
    return octets;
}

Bytes random_octets(std::size_t size) {
    Bytes octets(size);
    keystore::fill_random(octets);
    return octets;
}

Bytes element(der::Tag tag, BytesView content) {
    der::Writer out;
    out.element(tag, content);
    return out.take();
}

Bytes joined(std::initializer_list<BytesView> parts) {
    Bytes out;
    for (const BytesView part : parts) out.insert(out.end(), part.begin(), part.end());
    return out;
}

Bytes oid_of(std::string_view dotted) {
    der::Writer out;
    out.oid(dotted);
    return out.take();
}

Bytes integer(std::uint64_t value) {
    der::Writer out;
    out.integer(value);
    return out.take();
}

Bytes algorithm(std::string_view oid, BytesView parameters = {}) {
    return element(der::sequence, joined({oid_of(oid), parameters}));
}

Bytes issuer_and_serial_number(const keystore::Certificate& certificate) {
    const auto& name = certificate.issuer_and_serial_number;
    return element(der::sequence, joined({name.issuer, element(der::integer, name.serial_number)}));
}

///     KeyTransRecipientInfo ::= SEQUENCE { version, rid, keyEncryptionAlgorithm, encryptedKey }
std::optional<Bytes> key_transport_recipient(const keystore::RecipientKey& key,
                                             const keystore::Certificate& certificate,
                                             const SecretBytes& content_key) {
    const auto encrypted = key.transport(content_key.expose());
    if (!encrypted) return std::nullopt;
    const Bytes null{0x05, 0x00};
    return element(der::sequence, joined({integer(0), issuer_and_serial_number(certificate),
                                          algorithm(rsa_encryption, null),
                                          element(der::octet_string, *encrypted)}));
}

///     KeyAgreeRecipientInfo ::= [1] SEQUENCE { version 3, originator [0] EXPLICIT …,
///                                              keyEncryptionAlgorithm, recipientEncryptedKeys }
std::optional<Bytes> key_agreement_recipient(const keystore::RecipientKey& key,
                                             const keystore::Certificate& certificate,
                                             const SecretBytes& content_key) {
    const Curve curve = *key.curve();
    const auto agreement = key.agree();
    if (!agreement) return std::nullopt;
    const bool is_x25519 = curve == Curve::x25519;
    const Bytes key_wrap = algorithm(aes_256_wrap);
    const Bytes info = shared_info(key_wrap, {}, false, key_size);
    const BytesView secret = agreement->secret.expose();
    const SecretBytes kek =
        is_x25519 ? keystore::derive_hkdf(keystore::Digest::sha256, secret, {}, info, key_size)
                  : keystore::derive_x963(keystore::Digest::sha256, secret, info, key_size);
    const auto wrapped = keystore::aes_wrap_key(kek.expose(), content_key.expose());
    if (!wrapped) return std::nullopt;

    const Bytes originator_algorithm = is_x25519
                                           ? algorithm(curve_oid(curve))
                                           : algorithm(ec_public_key, oid_of(curve_oid(curve)));
    const Bytes no_unused_bits{0};
    const Bytes public_key =
        element(der::bit_string, joined({no_unused_bits, agreement->public_key}));
    const Bytes originator =
        element(der::context(0, true),
                element(der::context(1, true), joined({originator_algorithm, public_key})));
    const Bytes encrypted_key = element(
        der::sequence,
        joined({issuer_and_serial_number(certificate), element(der::octet_string, *wrapped)}));
    return element(der::context(1, true),
                   joined({integer(3), originator,
                           algorithm(is_x25519 ? std_dh_hkdf_sha256 : std_dh_sha256_kdf, key_wrap),
                           element(der::sequence, encrypted_key)}));
}

/// The padding of RFC 5652, 6.3.
void pad(SecretBytes& content) {
    const std::size_t size = block_size - content.size() % block_size;
    content.append(Bytes(size, static_cast<std::uint8_t>(size)));
}

}  // namespace

//     AuthEnvelopedData ::= SEQUENCE { version 0, recipientInfos, EncryptedContentInfo, mac }
//     EnvelopedData     ::= SEQUENCE { version 0 or 2, recipientInfos, EncryptedContentInfo }
std::optional<Envelope> write_envelope(SecretBytes content, const keystore::Certificate& recipient,
                                       EnvelopeCipher cipher) {
    const auto key = keystore::RecipientKey::parse(recipient.subject_public_key_info);
    if (!key) return std::nullopt;
    const SecretBytes content_key = random_secret(key_size);
    const auto recipient_info = key->curve()
                                    ? key_agreement_recipient(*key, recipient, content_key)
                                    : key_transport_recipient(*key, recipient, content_key);
    if (!recipient_info) return std::nullopt;

    const bool authenticated = cipher == EnvelopeCipher::aes_256_gcm;
    Bytes content_algorithm, behind;
    if (authenticated) {
        const Bytes nonce = random_octets(nonce_size);
        const auto tag =
            keystore::aes_gcm_encrypt(content_key.expose(), nonce, {}, content.expose());
        if (!tag) return std::nullopt;
        const Bytes parameters = element(
            der::sequence, joined({element(der::octet_string, nonce), integer(tag->size())}));
        content_algorithm = algorithm(aes_256_gcm, parameters);
        behind = element(der::octet_string, *tag);
    } else {
        const Bytes iv = random_octets(block_size);
        pad(content);
        if (!keystore::aes_cbc_encrypt(content_key.expose(), iv, content.expose()))
            return std::nullopt;
        content_algorithm = algorithm(aes_256_cbc, element(der::octet_string, iv));
    }

    // From the inside out: each header says how much follows.
    Bytes before;
    const auto wrap = [&](der::Tag tag, BytesView first, std::size_t last) {
        const std::size_t size = first.size() + before.size() + content.size() + last;
        before = joined({der::element_header(tag, size), first, before});
    };
    wrap(der::context(0, false), {}, 0);
    wrap(der::sequence, joined({oid_of(oid::data), content_algorithm}), 0);
    const bool is_version_2 = !authenticated && key->curve();
    wrap(der::sequence, joined({integer(is_version_2 ? 2 : 0), element(der::set, *recipient_info)}),
         behind.size());
    wrap(der::context(0, true), {}, behind.size());
    wrap(der::sequence, oid_of(authenticated ? oid::auth_enveloped_data : oid::enveloped_data),
         behind.size());
    return Envelope{std::move(before), std::move(content), std::move(behind)};
}

std::string_view smime_type(EnvelopeCipher cipher) {
    return cipher == EnvelopeCipher::aes_256_gcm ? "authEnveloped-data" : "enveloped-data";
}

}  // namespace smime
