#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "keystore/path.hpp"
#include "smime/result.hpp"

namespace smime {

enum class Verdict { none, pass, fail, policy, neutral, temperror, permerror };
enum class Encryption { none, authenticated, unauthenticated, failed, legacy };

/// How the fields of a message's header are protected (RFC 9788, 2.1.1).
enum class HeaderProtection {
    none,
    clear,    ///< hp="clear"
    cipher,   ///< hp="cipher"
    wrapped,  ///< the message is wrapped as message/rfc822 (RFC 8551, 3.1)
};

/// For whom a layer is that is not for us, as far as the message says. All but the first may be
/// empty.
struct Recipient {
    /// "rsa", "rsa-oaep", "ecdh-sha256", …; "kekri", "pwri", "kemri", "ori"
    std::string key_management;
    std::string issuer;
    std::string serial;  ///< hexadecimal, upper case
    std::string subject_key_identifier;
};

/// One signer of a layer: what is said of him, and what the signature is.
struct Signer {
    Verdict verdict = Verdict::none;
    std::string reason;
    std::string address;  ///< the author's, if the certificate has it; else the certificate's first
    std::string subject, issuer;  ///< RFC 4514; empty if the certificate is not known
    std::string digest;           ///< "sha-256" …, or the dotted OID
    std::string signature;        ///< "rsa-sha256", "rsa-pss", "ecdsa-p256", "ed25519" …
    std::optional<std::chrono::sys_seconds> signing_time;  ///< as the signer says
    /// The message's Date, if that is another time (SIG-08).
    std::optional<std::chrono::sys_seconds> date;
    /// The certificate's first and last second.
    std::optional<std::pair<std::chrono::sys_seconds, std::chrono::sys_seconds>> valid;
    std::optional<keystore::Revocation> revocation;  ///< of the certificate's path
};

/// One cryptographic layer, outermost first.
struct Layer {
    /// "enveloped-data", "authEnveloped-data", "signed-data", … or the dotted OID
    std::string type;
    /// "opened"; "detached" or "no-content" of signed-data that holds nothing; or the word of the
    /// reason why it was not opened
    std::string result;
    std::string content_encryption;                  ///< "aes-256-cbc", …
    std::string key_management;                      ///< "rsa", "rsa-oaep", "ecdh-sha256", …
    std::string recipient_issuer, recipient_serial;  ///< of the certificate that opened it
    std::vector<Recipient> recipients;               ///< if none of them is ours
    bool legacy = false;          ///< its cipher is weak (ENC-12), whether it was opened or not
    bool detached = false;        ///< of signed-data: what it signs stands elsewhere
    bool has_signers = false;     ///< of signed-data: it is more than certificates (RFC 8551, 3.8)
    std::vector<Signer> signers;  ///< of signed-data, if signatures are verified
    /// Of signed-data: it is, octet for octet, what all of its signers signed, by algorithms that
    /// are proof today. Who they are is another question.
    bool intact = false;
};

/// A part that is encrypted, or signed, though what stands around it is not (MIME-02).
struct ErrantLayer {
    std::string part;  ///< its part specifier in what is delivered, "2.1" (RFC 9051, 6.4.5)
    std::string type;  ///< as a Layer's
    /// "errant-layer": left as it is; "attached"; or why it did not open. "list-modified": it is
    /// signed, and a mailing list has put a footer below.
    std::string result;
    std::vector<Signer> signers;  ///< of a list-modified one: a detail, never a "pass"
};

/// The result of a signed part below which a mailing list has put a footer, and the reason of its
/// message, which is not signed itself.
inline constexpr std::string_view list_modified = "list-modified";

/// Report is what opening a message found: the JSON of `paperknife open --report` (design, chapter
/// 9).
struct Report {
    Verdict verdict = Verdict::none;
    Encryption encryption = Encryption::none;
    std::string reason;  ///< one stable word, or empty
    std::vector<Layer> layers;
    HeaderProtection header_protection = HeaderProtection::none;
    bool from_mismatch = false;  ///< the protected From is another than the message's, and not used
    std::vector<ErrantLayer> errant;
    /// What was done to unauthenticated HTML: "stripped", "text", or empty.
    std::string html;
    /// A valid signature encloses all that is delivered: whatever its encryption is worth, nobody
    /// has changed it since (ENC-04).
    bool signed_as_a_whole = false;
    std::optional<Error> error;        ///< set exactly if a layer that should open did not
    bool signatures_verified = false;  ///< somebody looked for signatures, and at them
    /// What the signature is worth, apart from whether everything opened: "pass" …, "none" if there
    /// is none, "not-verified" if nobody looked. The verdict but for errors.
    std::string_view signature = "none";
    std::string_view signature_reason;
    /// What came with the signatures, if SignaturePolicy::keeps_certificates. In no JSON.
    std::vector<keystore::Certificate> certificates;
};

/// True for a layer that hides something, and for one of which nobody knows.
bool may_encrypt(const Layer& layer);

std::string_view word(Verdict verdict);
std::string_view word(Encryption encryption);
std::string_view word(HeaderProtection protection);
std::string_view word(keystore::Revocation revocation);  ///< "good", "revoked", "not-checked"
std::string time_text(std::chrono::sys_seconds time);    ///< "2026-11-23T10:00:00Z"
std::string_view word(Error error);                      ///< "no-matching-recipient" …

/// The report as one JSON object, UTF-8, ending with a newline.
std::string json(const Report& report);

}  // namespace smime
