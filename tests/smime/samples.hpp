#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "keystore/der.hpp"
#include "keystore/keystore.hpp"
#include "smime/base64.hpp"
#include "smime/open.hpp"
#include "smime/signature_policy.hpp"

/// What make_messages.sh made, and how tests put messages together.
namespace samples {

inline std::filesystem::path directory() {
    const char* path = std::getenv("PAPERKNIFE_SMIME_SAMPLES");
    if (!path)
        throw std::runtime_error{"PAPERKNIFE_SMIME_SAMPLES: where make_messages.sh wrote to"};
    return path;
}

inline std::string read(const std::filesystem::path& file) {
    std::ifstream in{file, std::ios::binary};
    if (!in) throw std::runtime_error{"can't read " + file.string()};
    return {std::istreambuf_iterator<char>{in}, {}};
}

inline keystore::BytesView octets(std::string_view text) {
    return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

inline std::string text(keystore::BytesView octets) {
    return {reinterpret_cast<const char*>(octets.data()), octets.size()};
}

/// A piece of parts/.
inline keystore::Bytes part(const std::string& name) {
    const std::string all = read(directory() / "parts" / name);
    return {all.begin(), all.end()};
}

/// An identity from PEM: its private key and its certificate.
inline keystore::Identity identity(const std::filesystem::path& file) {
    const std::string pem = read(file);
    const auto block = [&](std::string_view label) {
        const auto begin = pem.find(label) + label.size();
        return smime::decode_base64(
            std::string_view{pem}.substr(begin, pem.find("---", begin) - begin));
    };
    auto certificate =
        keystore::Certificate::parse(block("BEGIN CERTIFICATE-----").octets.expose());
    auto key = keystore::PrivateKey::parse(block("BEGIN PRIVATE KEY-----").octets.expose());
    if (!certificate || !key) throw std::runtime_error{"no identity in " + file.string()};
    return {std::move(*certificate), std::move(*key), file.string()};
}

/// Certificates or CRLs of PEM files, in DER.
inline std::vector<keystore::Bytes> pem_blocks(const std::filesystem::path& file) {
    const std::string pem = read(file);
    std::vector<keystore::Bytes> blocks;
    for (auto at = pem.find("-----BEGIN"); at != pem.npos; at = pem.find("-----BEGIN", at)) {
        const auto begin = pem.find('\n', at);
        at = pem.find("-----END", begin);
        const auto decoded = smime::decode_base64(std::string_view{pem}.substr(begin, at - begin));
        blocks.emplace_back(decoded.octets.expose().begin(), decoded.octets.expose().end());
    }
    return blocks;
}

/// That these anchors and CRLs are all that is relied on.
inline smime::SignaturePolicy signature_policy(
    const std::vector<std::filesystem::path>& anchors,
    const std::vector<std::filesystem::path>& crls = {}) {
    auto trust = std::make_shared<keystore::Trust>();
    for (const auto& file : anchors)
        for (const auto& block : pem_blocks(file))
            trust->anchors.push_back(keystore::Certificate::parse(block).value());
    for (const auto& file : crls)
        for (const auto& block : pem_blocks(file))
            trust->certificate_lists.push_back(keystore::CertificateList::parse(block).value());
    smime::SignaturePolicy policy;
    policy.trust = std::move(trust);
    return policy;
}

inline keystore::Keystore keys(const std::vector<std::string>& names) {
    std::vector<keystore::Identity> identities;
    for (const auto& name : names)
        identities.push_back(identity(directory() / "keys" / (name + ".pem")));
    return keystore::Keystore{std::move(identities)};
}

/// All keys of the reader of open/.
inline const keystore::Keystore& alice() {
    static const keystore::Keystore all =
        keys({"alice", "alice1024", "alice3072", "alice4096", "alice-p256", "alice-p384",
              "alice-p521", "alice-bp256", "alice-bp384", "alice-bp512", "alice-x25519"});
    return all;
}

/// For tests that are about the way to the content, which is to come as it is.
inline smime::Settings as_it_is() {
    smime::Settings settings;
    settings.unauthenticated_html = smime::UnauthenticatedHtml::keep;
    return settings;
}

inline const std::string outer_header =
    "From: Bob <bob@example.org>\r\nTo: alice@example.org\r\nSubject: a letter\r\n";

/// A pkcs7-mime entity with this CMS in base64.
inline std::string entity(keystore::BytesView cms) {
    return "Content-Type: application/pkcs7-mime\r\nContent-Transfer-Encoding: base64\r\n\r\n" +
           smime::encode_base64(cms);
}

inline std::string message(keystore::BytesView cms) {
    return outer_header + entity(cms);
}

/// Opaque signed-data with an empty signer, in DER: for tests that are about its content.
inline keystore::Bytes signed_data(std::string_view content) {
    namespace der = keystore::der;
    const auto constructed = [](der::Tag tag, const keystore::Bytes& inside) {
        der::Writer out;
        out.element(tag, inside);
        return out.take();
    };
    der::Writer encapsulated;
    encapsulated.oid("1.2.840.113549.1.7.1");
    der::Writer string;
    string.element(der::octet_string, octets(content));
    encapsulated.element(der::context(0, true), string.octets());
    der::Writer signed_data;
    signed_data.integer(1);
    signed_data.element(der::set, {});
    signed_data.raw(constructed(der::sequence, encapsulated.take()));
    signed_data.raw(constructed(der::set, constructed(der::sequence, {})));
    der::Writer info;
    info.oid("1.2.840.113549.1.7.2");
    info.element(der::context(0, true), constructed(der::sequence, signed_data.take()));
    return constructed(der::sequence, info.take());
}

/// The body of an entity, as the view must have it.
inline std::string body(const std::string& entity) {
    if (entity.starts_with("\r\n")) return entity.substr(2);
    return entity.substr(entity.find("\r\n\r\n") + 4);
}

}  // namespace samples
