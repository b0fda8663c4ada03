#include "keystore/key_file.hpp"

#include <algorithm>

#include "keystore/der.hpp"
#include "keystore/pbes2.hpp"
#include "keystore/pem.hpp"
#include "keystore/pkcs12.hpp"
#include "keystore/pkcs8.hpp"

namespace keystore {
namespace {

Bytes copy(BytesView octets) {
    return {octets.begin(), octets.end()};
}

SecretBytes open_private_key(BytesView octets, Passphrase& passphrase, DerivationBudget& budget) {
    try {
        return open_encrypted_private_key_info(octets, passphrase.get(), budget);
    } catch (const OldEncryptionError& error) {
        throw KeyFileError{std::string{error.what()} +
                           ": convert it with openssl pkcs8 -topk8 -provider legacy"
                           " -provider default -in OLD.key -out NEW.key"};
    }
}

void add_block(PemBlock& block, KeyFile& file, Passphrase& passphrase, DerivationBudget& budget) {
    if (block.encrypted_in_old_form)
        throw KeyFileError{
            "it is sealed as old PEM (Proc-Type: 4,ENCRYPTED), which protects a key poorly:"
            " convert it with openssl pkcs8 -topk8 -in OLD.key -out NEW.key"};
    const std::string_view label = block.label;
    if (label == "CERTIFICATE" || label == "X509 CERTIFICATE") {
        file.certificates.push_back(copy(block.octets.expose()));
    } else if (label == "ENCRYPTED PRIVATE KEY") {
        file.private_keys.push_back(open_private_key(block.octets.expose(), passphrase, budget));
    } else if (label == "PRIVATE KEY" || label == "RSA PRIVATE KEY" || label == "EC PRIVATE KEY") {
        file.private_keys.push_back(std::move(block.octets));
        file.without_passphrase = true;
    } else if (label == "PKCS12") {
        KeyFile inner = read_pkcs12(block.octets.expose(), passphrase, budget);
        std::move(inner.private_keys.begin(), inner.private_keys.end(),
                  std::back_inserter(file.private_keys));
        std::move(inner.certificates.begin(), inner.certificates.end(),
                  std::back_inserter(file.certificates));
        file.without_passphrase = file.without_passphrase || inner.without_passphrase;
    }
}

/// One key, certificate or PFX, told apart by what stands first in it: the version 3 is PKCS#12's.
KeyFile read_der(BytesView octets, Passphrase& passphrase, DerivationBudget& budget) {
    KeyFile file;
    der::Reader outer{octets, der::Limits::ber()};
    auto in = outer.enter(der::sequence);
    const auto first = in ? in->peek() : std::nullopt;
    if (!first) throw KeyFileError{"it is neither PEM nor DER"};
    if (in->small_integer() == 3) return read_pkcs12(octets, passphrase, budget);
    if (*first == der::integer) {
        file.private_keys.emplace_back(octets);
        file.without_passphrase = true;
    } else if (Certificate::parse(octets)) {
        file.certificates.push_back(copy(octets));
    } else {
        file.private_keys.push_back(open_private_key(octets, passphrase, budget));
    }
    return file;
}

/// What the owner should know of an identity that can be used.
void warn(const Certificate& certificate, const PrivateKey& key,
          std::vector<std::string>& problems) {
    const std::string whose = "the certificate " + certificate.serial_text;
    const auto now = std::chrono::system_clock::now();
    if (key.is_rsa() && key.bits() < limits::rsa_strong_bits)
        problems.push_back(whose + " has a weak key of " + std::to_string(key.bits()) +
                           " bits: mail for it opens only where legacy is allowed");
    if (certificate.not_after < now)
        problems.push_back(whose + " has expired: it opens old mail still");
    if (certificate.not_before > now) problems.push_back(whose + " is not valid yet");
}

}  // namespace

KeyFile read_key_file(const SecretBytes& file, Passphrase& passphrase, DerivationBudget& budget) {
    const std::string_view text = file.expose_text();
    if (text.find("-----BEGIN ") == std::string_view::npos)
        return read_der(file.expose(), passphrase, budget);
    KeyFile found;
    for (PemBlock& block : read_pem(text)) add_block(block, found, passphrase, budget);
    return found;
}

std::vector<Identity> identities_of(const KeyFile& file, const std::string& source,
                                    std::vector<std::string>& problems) {
    std::vector<Certificate> certificates;
    for (const Bytes& der : file.certificates) {
        auto certificate = Certificate::parse(der);
        if (certificate)
            certificates.push_back(std::move(*certificate));
        else
            problems.push_back("one of its certificates is damaged");
    }
    std::vector<Identity> identities;
    for (const SecretBytes& octets : file.private_keys) {
        const auto key = PrivateKey::parse(octets.expose());
        if (!key) {
            problems.push_back(
                "one of its private keys is damaged, or neither RSA nor of a known curve");
            continue;
        }
        const BytesView public_key = subject_public_key(key->public_key());
        bool alone = true;
        for (const Certificate& certificate : certificates) {
            const BytesView certified = subject_public_key(certificate.subject_public_key_info);
            if (!std::equal(certified.begin(), certified.end(), public_key.begin(),
                            public_key.end()))
                continue;
            alone = false;
            warn(certificate, *key, problems);
            // A renewed certificate may keep its key: each identity has a key object of its own.
            identities.emplace_back(certificate, *PrivateKey::parse(octets.expose()), source);
        }
        if (alone && certificates.empty())
            problems.push_back("it holds a private key, but no certificate");
        else if (alone)
            problems.push_back("none of its certificates belongs to its private key");
    }
    if (file.private_keys.empty()) problems.push_back("it holds no private key");
    return identities;
}

}  // namespace keystore
