#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "smime/result.hpp"

namespace smime {

enum class Verdict { none, pass, fail, policy, neutral, temperror, permerror };
enum class Encryption { none, authenticated, unauthenticated, failed, legacy };

/// One cryptographic layer, outermost first.
struct Layer {
    std::string
        type;  ///< "enveloped-data", "authEnveloped-data", "signed-data", … or the dotted OID
    std::string result;              ///< "opened", or the word of the reason it was not
    std::string content_encryption;  ///< "aes-256-cbc", …
    std::string key_management;      ///< "rsa", "rsa-oaep", …
    std::string recipient_issuer, recipient_serial;  ///< of the certificate that opened it
    bool detached = false;                           ///< of signed-data
};

/// Report is what opening a message found: the JSON of `paperknife open --report` (design, chapter
/// 9).
struct Report {
    Verdict verdict = Verdict::none;
    Encryption encryption = Encryption::none;
    std::string reason;  ///< one stable word, or empty
    std::vector<Layer> layers;
    std::optional<Error> error;  ///< set exactly if a layer that should open did not
};

std::string_view word(Verdict verdict);
std::string_view word(Encryption encryption);
std::string_view word(Error error);  ///< "no-matching-recipient" …

/// The report as one JSON object, UTF-8, ending with a newline.
std::string json(const Report& report);

}  // namespace smime
