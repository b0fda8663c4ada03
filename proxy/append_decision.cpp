#include "proxy/append_decision.hpp"

#include <exception>

#include "smime/header.hpp"

namespace proxy {
namespace {

using Relation = AppendedHeader::Relation;
using Outcome = AppendResult::Outcome;

// RFC 5530: an operation that can never succeed as it is.
constexpr std::string_view refuses_copy =
    "[CANNOT] paperknife: this is the decrypted text of an encrypted message, and the original is "
    "not at hand. Move or copy it on the server; or set encrypt_to_self or plaintext_copies below "
    "[append]";
constexpr std::string_view refuses_large =
    "[CANNOT] paperknife: this message is larger than max_message and can't be encrypted";

std::string could_not_encrypt(const std::string& why) {
    return "[CANNOT] paperknife: the message could not be encrypted to yourself "
           "(encrypt_to_self): " +
           why;
}

/// What is said of a message that goes to the server in plain.
std::string passes(Relation relation) {
    switch (relation) {
        case Relation::none:
            break;
        case Relation::copy:
            return "the decrypted text of an encrypted message was put into a mailbox in plain";
        case Relation::derived:
            return "a message that belongs to an encrypted one was put into a mailbox in plain; "
                   "[append] encrypt_to_self = true encrypts such";
    }
    return {};
}

bool refuses(const AppendRules& rules, Relation relation) {
    return rules.copies == PlaintextCopies::refuse && relation == Relation::copy;
}

std::string passing_notice(const AppendRules& rules, Relation relation) {
    return rules.copies == PlaintextCopies::allow ? std::string{} : passes(relation);
}

/// The original with the one field by which mbsync finds its copies again where the server has no
/// UIDPLUS.
std::string with_tuid(std::string_view original, std::string_view header) {
    const auto field = smime::find_field(header, "X-TUID");
    if (!field || !field->octets.ends_with("\r\n")) return std::string{original};
    return std::string{field->octets} + std::string{original};
}

AppendResult refused(AppendResult result, std::string_view text) {
    result.outcome = Outcome::refused;
    result.text = text;
    result.notice = "a message was not put into a mailbox: " + std::string{text};
    return result;
}

AppendResult decide(const AppendRules& rules, AppendRequest request) {
    AppendResult result;
    result.message = std::move(request.message);
    const auto message = result.message.expose_text();
    auto relation = request.header.relation;
    if (request.header.has_known_header) {
        const auto end = smime::header_size(message);
        const auto fingerprint =
            MessageFingerprint::of(message.substr(0, end), message.substr(end));
        const auto original = rules.opened->find(fingerprint.whole);
        if (original && original->octets) {
            result.outcome = Outcome::original;
            result.octets = with_tuid(*original->octets, message.substr(0, end));
            return result;
        }
        if (original && original->encrypted) relation = Relation::copy;
    }
    if (request.header.encrypted) return result;
    if (rules.encrypts_this(relation)) {
        auto encryption = rules.encrypt(message);
        if (encryption.message.empty())
            return refused(std::move(result), could_not_encrypt(encryption.problem));
        result.outcome = Outcome::encrypted;
        result.octets = std::move(encryption.message);
        return result;
    }
    if (refuses(rules, relation)) return refused(std::move(result), refuses_copy);
    result.notice = passing_notice(rules, relation);
    return result;
}

}  // namespace

AppendResult decide_append(const AppendRules& rules, AppendRequest request) {
    try {
        return decide(rules, std::move(request));
    } catch (const std::exception& error) {  // no memory, or no random numbers
        return refused(AppendResult{},
                       "[CANNOT] paperknife: this message could not be looked into: " +
                           std::string{error.what()});
    }
}

bool needs_whole(const AppendRules& rules, const AppendedHeader& header) {
    return header.has_known_header || (!header.encrypted && rules.encrypts_this(header.relation));
}

HeaderDecision decide_by_header(const AppendRules& rules, const AppendedHeader& header) {
    HeaderDecision decision;
    if (header.encrypted) return decision;
    if (rules.encrypts_this(header.relation)) {
        decision.text = refuses_large;
    } else if (refuses(rules, header.relation)) {
        decision.text = refuses_copy;
    } else {
        decision.notice = passing_notice(rules, header.relation);
        return decision;
    }
    decision.refused = true;
    decision.notice = "a message was not put into a mailbox: " + decision.text;
    return decision;
}

}  // namespace proxy
