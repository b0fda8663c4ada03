#include <functional>
#include <iostream>
#include <iterator>
#include <map>
#include <sstream>

#include "keystore/certificate.hpp"
#include "keystore/crypto.hpp"
#include "keystore/der.hpp"
#include "keystore/key_derivation.hpp"
#include "keystore/key_file.hpp"
#include "keystore/public_key.hpp"
#include "tests/keystore/files.hpp"

// Answers questions put to the keystore, a line each: a word and its arguments in hexadecimal ("-"
// is the empty string). The answer is what came out in hexadecimal, or "no". Scripts that read the
// corpora of others ask.

using namespace keystore;

namespace {

using Words = std::vector<std::string>;

Bytes octets(const std::string& word) {
    return word == "-" ? Bytes{} : tests::from_hex(word);
}

std::string answer(BytesView value) {
    return value.empty() ? "-" : tests::hex(value);
}

std::optional<Digest> digest(const std::string& name) {
    if (name == "SHA-1") return Digest::sha1;
    if (name == "SHA-224") return Digest::sha224;
    if (name == "SHA-256") return Digest::sha256;
    if (name == "SHA-384") return Digest::sha384;
    if (name == "SHA-512") return Digest::sha512;
    return std::nullopt;
}

std::optional<PrivateKey> private_key;

// KEY
std::string key(const Words& words) {
    private_key = PrivateKey::parse(octets(words[0]));
    return private_key ? answer(private_key->public_key()) : "no";
}

std::string unwrapped(const UnwrappedKey& found) {
    return found.valid == 0xff ? answer(found.key.expose()) : "no";
}

// CIPHERTEXT LENGTH
std::string rsa_pkcs1(const Words& words) {
    const auto encoded = private_key->rsa_raw(octets(words[0]));
    return encoded ? unwrapped(unpad_pkcs1_v15(*encoded, std::stoul(words[1]))) : "no";
}

// CIPHERTEXT LENGTH HASH MGF1-HASH LABEL
std::string rsa_oaep(const Words& words) {
    const auto hash = digest(words[2]), mgf1_hash = digest(words[3]);
    if (!hash || !mgf1_hash) return "unsupported";
    const auto encoded = private_key->rsa_raw(octets(words[0]));
    if (!encoded) return "no";
    return unwrapped(
        unpad_oaep(*encoded, *hash, *mgf1_hash, octets(words[4]), std::stoul(words[1])));
}

std::optional<PublicKey> public_key_asked;

// SUBJECT-PUBLIC-KEY-INFO
std::string public_key(const Words& words) {
    public_key_asked = PublicKey::parse(octets(words[0]));
    return public_key_asked && public_key_asked->is_usable() ? public_key_asked->word() : "no";
}

// ALGORITHM-IDENTIFIER MESSAGE SIGNATURE
std::string verify(const Words& words) {
    const auto algorithm = SignatureAlgorithm::parse(octets(words[0]));
    if (!algorithm || !public_key_asked) return "no";
    const bool good = public_key_asked->verify(*algorithm, octets(words[1]), octets(words[2]));
    return good ? "yes" : "no";
}

// KEY IV CIPHERTEXT
std::string aes_cbc(const Words& words) {
    Bytes text = octets(words[2]);
    if (!aes_cbc_decrypt(octets(words[0]), octets(words[1]), text)) return "no";
    const auto size = size_without_padding(text, 16);
    return size ? answer(BytesView{text}.first(*size)) : "no";
}

// KEY NONCE AAD TAG CIPHERTEXT
std::string aes_gcm(const Words& words) {
    Bytes text = octets(words[4]);
    const bool opened = aes_gcm_decrypt(octets(words[0]), octets(words[1]), octets(words[2]),
                                        octets(words[3]), text);
    return opened ? answer(text) : "no";
}

// KEY NONCE AAD TAG CIPHERTEXT
std::string aes_ccm(const Words& words) {
    Bytes text = octets(words[4]);
    const bool opened = aes_ccm_decrypt(octets(words[0]), octets(words[1]), octets(words[2]),
                                        octets(words[3]), text);
    return opened ? answer(text) : "no";
}

// KEY NONCE AAD TAG CIPHERTEXT
std::string chacha20_poly1305(const Words& words) {
    Bytes text = octets(words[4]);
    const bool opened = chacha20_poly1305_decrypt(octets(words[0]), octets(words[1]),
                                                  octets(words[2]), octets(words[3]), text);
    return opened ? answer(text) : "no";
}

// HASH PASSWORD SALT ITERATIONS LENGTH
std::string derive(const Words& words) {
    return answer(pbkdf2(*digest(words[0]), octets(words[1]), octets(words[2]),
                         static_cast<std::uint32_t>(std::stoul(words[3])), std::stoul(words[4]))
                      .expose());
}

// HASH SECRET SALT INFO LENGTH
std::string hkdf(const Words& words) {
    try {
        return answer(derive_hkdf(*digest(words[0]), octets(words[1]), octets(words[2]),
                                  octets(words[3]), std::stoul(words[4]))
                          .expose());
    } catch (const std::invalid_argument&) {
        return "no";
    }
}

// KEK WRAPPED
std::string aes_wrap(const Words& words) {
    const Bytes wrapped = octets(words[1]);
    if (wrapped.size() < 8) return "no";
    return unwrapped(aes_unwrap_key(octets(words[0]), wrapped, SecretBytes{wrapped.size() - 8}));
}

std::string shared(const std::optional<SecretBytes>& secret) {
    return secret ? answer(secret->expose()) : "no";
}

/// The octets of a public key, if its SubjectPublicKeyInfo says that it is on this curve.
std::optional<Bytes> public_key_on(Curve curve, BytesView info) {
    der::Reader outer{info, der::Limits::der()};
    auto in = outer.enter(der::sequence);
    auto algorithm = in ? in->enter(der::sequence) : std::nullopt;
    const bool named = algorithm && algorithm->oid() == "1.2.840.10045.2.1" &&
                       algorithm->oid() == curve_oid(curve) && algorithm->at_end();
    const auto bits = named ? in->next(der::bit_string) : std::nullopt;
    if (!bits || !in->at_end() || !outer.at_end() || bits->content.empty() || bits->content[0] != 0)
        return std::nullopt;
    return Bytes{bits->content.begin() + 1, bits->content.end()};
}

// CURVE-OID PRIVATE-KEY SUBJECT-PUBLIC-KEY-INFO
std::string ecdh_of_info(const Words& words) {
    const Curve curve = *curve_of(words[0]);
    const auto key = public_key_on(curve, octets(words[2]));
    return key ? shared(ecdh(curve, octets(words[1]), *key)) : "no";
}

// PRIVATE-KEY PUBLIC-KEY
std::string x25519(const Words& words) {
    return shared(ecdh(Curve::x25519, octets(words[0]), octets(words[1])));
}

// CERTIFICATE: its serial number, times and names
std::string certificate(const Words& words) {
    const auto found = Certificate::parse(octets(words[0]));
    if (!found) return "no";
    std::string text = found->serial_text;
    for (const auto time : {found->not_before, found->not_after})
        text += ' ' + std::to_string(time.time_since_epoch().count());
    text += found->is_named_by(found->issuer_and_serial_number) ? " named" : " unnamed";
    for (const std::string& address : found->addresses)
        text += ' ' + answer(tests::octets(address));
    return text;
}

// FILE PASSPHRASE: the serial numbers of the identities in it, or why there are none
std::string identities(const Words& words) {
    Passphrase passphrase{[&] { return std::optional{SecretBytes{octets(words[1])}}; }};
    DerivationBudget budget;
    std::string text;
    std::vector<std::string> problems;
    try {
        const KeyFile file = read_key_file(SecretBytes{octets(words[0])}, passphrase, budget);
        for (const Identity& identity : identities_of(file, "", problems))
            text += identity.certificate().serial_text + ' ';
    } catch (const KeyFileError& error) {
        problems.emplace_back(error.what());
    }
    if (!text.empty()) return text;
    for (const std::string& problem : problems) text += problem + "; ";
    return "no: " + text;
}

}  // namespace

int main() {
    const std::map<std::string, std::function<std::string(const Words&)>> questions{
        {"key", key},
        {"rsa-pkcs1", rsa_pkcs1},
        {"rsa-oaep", rsa_oaep},
        {"aes-cbc", aes_cbc},
        {"aes-ccm", aes_ccm},
        {"aes-gcm", aes_gcm},
        {"chacha20-poly1305", chacha20_poly1305},
        {"pbkdf2", derive},
        {"hkdf", hkdf},
        {"aes-wrap", aes_wrap},
        {"ecdh", ecdh_of_info},
        {"x25519", x25519},
        {"certificate", certificate},
        {"key-file", identities},
        {"public-key", public_key},
        {"verify", verify},
    };
    std::string line;
    while (std::getline(std::cin, line)) {
        std::istringstream in{line};
        std::string question;
        in >> question;
        const Words words{std::istream_iterator<std::string>{in}, {}};
        std::cout << questions.at(question)(words) << '\n';
    }
}
