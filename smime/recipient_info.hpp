#pragma once

#include <span>
#include <string>
#include <vector>

#include "keystore/keystore.hpp"
#include "smime/cms.hpp"

namespace smime {

/// ContentEncryptionKey is what all unwrapping that a message allows came to: one key, and whether
/// it is one. valid is not to be branched on before the content was decrypted (ENC-06).
struct ContentEncryptionKey {
    /// A RecipientInfo that names one of our certificates, and was tried.
    struct Candidate {
        const keystore::Identity* identity = nullptr;
        const RecipientInfo* recipient_info = nullptr;
        bool legacy = false;  ///< by a weak key or a weak key wrap (ENC-12)
        std::uint8_t valid = 0;
    };
    keystore::UnwrappedKey key;
    std::vector<Candidate> candidates;  ///< not empty
};

/// Walks each RecipientInfo with each identity that it names. Where several match, all of them are
/// unwrapped and the first valid key is taken in constant time: no timing and no error tells one
/// wrapped key from another (RFC 3218). Weak keys and key wraps are left aside unless legacy
/// (ENC-12). Takes one from key_operations for each private operation; Error::too_complex if they
/// do not suffice, Error::legacy_algorithm if only weak ones of ours are named,
/// Error::unsupported_algorithm if we are named, but no key transport or agreement that names us is
/// offered.
Result<ContentEncryptionKey> unwrap_content_encryption_key(
    std::span<const RecipientInfo> recipient_infos, const keystore::Keystore& keys, bool legacy,
    std::size_t key_length, std::size_t& key_operations);

/// How a key is wrapped, or Error::unsupported_algorithm for what is not offered (ENC-10).
Result<keystore::KeyTransport> key_transport(const AlgorithmIdentifier& identifier);

/// True for key transport and key agreement, whose rid names somebody's certificate.
bool names_certificate(const RecipientInfo& recipient_info);

/// "rsa", "rsa-oaep", … of key transport; "ecdh-sha256", "ecdh-hkdf-sha256", … of key agreement;
/// "kekri", "pwri", "kemri", "ori" of the others.
std::string_view key_management_word(const RecipientInfo& recipient_info);

}  // namespace smime
