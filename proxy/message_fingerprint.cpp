#include "proxy/message_fingerprint.hpp"

#include <algorithm>
#include <array>

#include "keystore/crypto.hpp"
#include "proxy/limits.hpp"
#include "smime/header.hpp"

namespace proxy {
namespace {

/// Fields that mail clients and mbox files put into copies.
bool is_of_client(const smime::HeaderField& field) {
    constexpr std::array names{
        std::string_view{"Status"},         std::string_view{"X-Status"},
        std::string_view{"X-Keywords"},     std::string_view{"X-UID"},
        std::string_view{"X-IMAP"},         std::string_view{"X-IMAPbase"},
        std::string_view{"X-TUID"},         std::string_view{"X-OfflineIMAP"},
        std::string_view{"Content-Length"}, std::string_view{"Lines"}};
    constexpr std::array families{std::string_view{"X-Mozilla-"}, std::string_view{"X-Evolution"},
                                  std::string_view{"X-Gnus-"}, std::string_view{"X-KMail-"}};
    return std::any_of(names.begin(), names.end(),
                       [&](std::string_view name) { return field.is(name); }) ||
           std::any_of(families.begin(), families.end(), [&](std::string_view family) {
               return smime::same_name(field.name.substr(0, family.size()), family);
           });
}

keystore::BytesView octets_of(std::string_view text) {
    return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

/// Lines with LF, whatever they ended with.
void update(keystore::Hash& hash, std::string_view text) {
    while (!text.empty()) {
        auto end = text.find("\r\n");
        hash.update(octets_of(text.substr(0, end)));
        if (end == std::string_view::npos) return;
        text.remove_prefix(end + 1);
    }
}

void update_with_header(keystore::Hash& hash, std::string_view header) {
    smime::HeaderScanner fields{header};
    while (const auto field = fields.next()) {
        if (is_of_client(*field)) continue;
        update(hash, field->octets);
        if (!field->octets.ends_with('\n')) hash.update(octets_of("\n"));
    }
}

MessageDigest finished(keystore::Hash& hash) {
    const auto octets = hash.finish();
    MessageDigest digest{};
    std::copy(octets.begin(), octets.end(), digest.begin());
    return digest;
}

}  // namespace

MessageDigest header_fingerprint(std::string_view header) {
    keystore::Hash hash{keystore::Digest::sha256};
    update_with_header(hash, header);
    return finished(hash);
}

MessageFingerprint MessageFingerprint::of(std::string_view header, std::string_view body) {
    while (body.ends_with('\n') || body.ends_with('\r')) body.remove_suffix(1);
    keystore::Hash hash{keystore::Digest::sha256};
    update_with_header(hash, header);
    hash.update(octets_of("\n"));
    update(hash, body);
    return {header_fingerprint(header), finished(hash)};
}

std::vector<std::string_view> message_ids(std::string_view header, std::string_view field_name) {
    std::vector<std::string_view> ids;
    smime::HeaderScanner fields{header};
    while (const auto field = fields.next()) {
        if (!field->is(field_name)) continue;
        auto value = field->value;
        while (ids.size() < limits::message_ids) {
            const auto begin = value.find('<');
            const auto end = value.find('>', std::min(begin, value.size()));
            if (end == std::string_view::npos) break;
            ids.push_back(value.substr(begin, end + 1 - begin));
            value.remove_prefix(end + 1);
        }
    }
    return ids;
}

}  // namespace proxy
