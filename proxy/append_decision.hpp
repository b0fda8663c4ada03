#pragma once

#include <string>

#include "keystore/secret.hpp"
#include "proxy/append_rules.hpp"

namespace proxy {

/// A message that was held back, of which it is to be decided what the server gets.
struct AppendRequest {
    AppendedHeader header;
    keystore::SecretBytes message;
};

/// What the server gets.
struct AppendResult {
    enum class Outcome {
        as_it_came,
        original,   ///< octets: the message that it is the view of, as the server had it
        encrypted,  ///< octets
        refused,    ///< nothing; text says why
    };
    Outcome outcome = Outcome::as_it_came;
    keystore::SecretBytes message;  ///< what came
    std::string octets;
    std::string text;
    std::string notice;  ///< for the log
};

/// Decides by the whole message. Takes its time where there is much to encrypt; any thread may call
/// it. Whatever fails, the result is a refusal, and never the message in plain where encryption was
/// asked for.
AppendResult decide_append(const AppendRules& rules, AppendRequest request);

/// What is decided by the header alone, of a message that is not held.
struct HeaderDecision {
    bool refused = false;
    std::string text;
    std::string notice;
};
HeaderDecision decide_by_header(const AppendRules& rules, const AppendedHeader& header);

/// True if it takes the whole message to decide.
bool needs_whole(const AppendRules& rules, const AppendedHeader& header);

}  // namespace proxy
