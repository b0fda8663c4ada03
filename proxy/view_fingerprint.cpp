#include "proxy/view_fingerprint.hpp"

#include <algorithm>
#include <string_view>
#include <vector>

#include "keystore/crypto.hpp"
#include "keystore/trust.hpp"

namespace proxy {
namespace {

/// To be raised whenever a release makes views of messages otherwise than the one before: clients
/// then fetch mailboxes with S/MIME mail again.
constexpr std::string_view view_version = "1";

std::string hexadecimal(keystore::BytesView octets) {
    std::string text;
    for (const auto octet : octets) {
        text += "0123456789abcdef"[octet >> 4U];
        text += "0123456789abcdef"[octet & 15U];
    }
    return text;
}

keystore::Bytes sha256(keystore::BytesView octets) {
    return keystore::hash(keystore::Digest::sha256, octets);
}

/// One line: whatever order they came in, and however often.
std::string set_of(std::vector<std::string> words) {
    std::sort(words.begin(), words.end());
    words.erase(std::unique(words.begin(), words.end()), words.end());
    std::string line;
    for (const auto& word : words) line += word + ' ';
    return line;
}

std::string set_of(const std::vector<keystore::Certificate>& certificates) {
    std::vector<std::string> words;
    words.reserve(certificates.size());
    for (const auto& certificate : certificates)
        words.push_back(hexadecimal(sha256(certificate.der)));
    return set_of(std::move(words));
}

std::string set_of(const keystore::Keystore& keys) {
    std::vector<std::string> words;
    for (const auto& identity : keys.identities())
        words.push_back(hexadecimal(sha256(identity.certificate().der)));
    return set_of(std::move(words));
}

std::string set_of(const std::vector<smime::Pin>& pins) {
    std::vector<std::string> words;
    words.reserve(pins.size());
    for (const auto& pin : pins)
        words.push_back(pin.address.text() + '=' + hexadecimal(pin.fingerprint));
    return set_of(std::move(words));
}

}  // namespace

std::string view_fingerprint(bool opens, const smime::Settings& settings, std::size_t max_message,
                             const keystore::Keystore& keys) {
    if (!opens) return "closed";
    std::string text;
    const auto line = [&](std::string_view name, std::string_view value) {
        text.append(name).append(" ").append(value).append("\n");
    };
    const auto number = [](auto value) { return std::to_string(static_cast<std::size_t>(value)); };
    line("version", view_version);
    line("keys", set_of(keys));
    line("max_message", number(max_message));
    line("legacy", number(settings.legacy));
    line("errant", number(settings.errant));
    line("unauthenticated_html", number(settings.unauthenticated_html));
    line("header", number(settings.presentation.header));
    line("subject_tag", number(settings.presentation.subject_tag));
    if (settings.presentation.header) line("authserv-id", settings.presentation.authserv_id);
    const auto& signatures = settings.signatures;
    if (signatures.trust) {
        line("anchors", set_of(signatures.trust->anchors));
        line("intermediates", set_of(signatures.trust->intermediates));
        line("revocation", number(signatures.revocation));
        line("pins", set_of(signatures.pins));
    }
    const auto* octets = reinterpret_cast<const std::uint8_t*>(text.data());
    return hexadecimal(keystore::BytesView{sha256({octets, text.size()})}.first(8));
}

}  // namespace proxy
