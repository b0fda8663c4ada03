#include "proxy/append_rules.hpp"

#include <algorithm>
#include <array>

#include "proxy/own_certificate.hpp"
#include "smime/encrypted_message.hpp"
#include "smime/header.hpp"

namespace proxy {
namespace {

/// True for what clients put above our field. What was sent has Received there, and From.
bool may_stand_above(const smime::HeaderField& field) {
    return smime::same_name(field.name.substr(0, 2), "X-") || field.is("Status") ||
           field.is("Content-Length") || field.is("Lines");
}

/// True if our field stands at the top, where nobody but us can have put it, and says that the
/// message was encrypted. Of what was only signed everybody may have a copy. Further down it is a
/// forgery, or of a draft that a client has taken up again.
bool says_decrypted(std::string_view header) {
    constexpr std::array words{std::string_view{"encryption=authenticated"},
                               std::string_view{"encryption=unauthenticated"},
                               std::string_view{"encryption=legacy"}};
    smime::HeaderScanner fields{header};
    auto field = fields.next();
    while (field && !field->is("X-Paperknife") && may_stand_above(*field)) field = fields.next();
    if (!field || !field->is("X-Paperknife")) return false;
    const std::string value = smime::unfolded(field->value);
    return std::any_of(words.begin(), words.end(),
                       [&](std::string_view word) { return value.starts_with(word); });
}

/// True if it is, answers, forwards or follows an encrypted message. Mail programs note in their
/// drafts what they answer and forward.
bool names_encrypted(std::string_view header, const OpenedMessages& opened) {
    constexpr std::array fields{std::string_view{"Message-ID"}, std::string_view{"In-Reply-To"},
                                std::string_view{"References"},
                                std::string_view{"X-Forwarded-Message-Id"},
                                std::string_view{"X-Mutt-References"}};
    return std::any_of(fields.begin(), fields.end(), [&](std::string_view field) {
        const auto ids = message_ids(header, field);
        return std::any_of(ids.begin(), ids.end(),
                           [&](std::string_view id) { return opened.has_encrypted(id); });
    });
}

}  // namespace

AppendedHeader read_appended_header(std::string_view header, const OpenedMessages& opened) {
    AppendedHeader appended;
    appended.encrypted = smime::says_encrypted(header);
    appended.has_known_header = opened.has_header(header_fingerprint(header));
    if (says_decrypted(header)) {
        appended.relation = AppendedHeader::Relation::copy;
    } else if (names_encrypted(header, opened)) {
        appended.relation = AppendedHeader::Relation::derived;
    }
    return appended;
}

AppendRules make_append_rules(const Config::Append& append, std::size_t max_message,
                              std::shared_ptr<const keystore::Keystore> keys,
                              std::shared_ptr<OpenedMessages> opened) {
    AppendRules rules;
    rules.copies = append.plaintext_copies;
    rules.encrypts = append.encrypt_to_self;
    rules.all = append.encrypt_all;
    rules.max_message = max_message;
    if (!rules.encrypts && (!keys || keys->identities().empty())) return rules;
    rules.opened = std::move(opened);
    rules.encrypt = [append, keys = std::move(keys)](std::string_view message) -> Encryption {
        const auto choice = own_certificate(
            keys.get(), append.certificate, message,
            std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now()));
        if (!choice.certificate) return {{}, choice.problem};
        auto encrypted = smime::encrypted_message(message, *choice.certificate, append.cipher);
        if (encrypted) return {std::move(*encrypted), {}};
        return {{}, "your certificate's key is of a kind that nothing can be encrypted to here"};
    };
    return rules;
}

}  // namespace proxy
