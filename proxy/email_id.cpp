#include "proxy/email_id.hpp"

#include <algorithm>

#include "imap/letter_case.hpp"
#include "keystore/crypto.hpp"
#include "proxy/limits.hpp"

namespace proxy {
namespace {

constexpr std::string_view beginning = "PK";
constexpr std::size_t digest_octets = 8;
constexpr std::size_t mark_size = beginning.size() + 2 * digest_octets + 1;
/// objectid = 1*255(ALPHA / DIGIT / "_" / "-")
constexpr std::size_t longest = 255;
constexpr std::string_view hex_digits = "0123456789ABCDEF";

keystore::BytesView octets_of(std::string_view text) {
    return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

/// "PK" and a digest of the view in hexadecimal, and "-". What is behind limits::email_id_source
/// differs with the server's EMAILID, or with the size.
std::string mark_of(const smime::View& view) {
    keystore::Hash hash{keystore::Digest::sha256};
    hash.update(octets_of(view.header()));
    hash.update(octets_of(view.body().substr(0, limits::email_id_source)));
    hash.update(octets_of(std::to_string(view.body().size())));
    const auto digest = hash.finish();
    std::string mark{beginning};
    for (std::size_t i = 0; i < digest_octets; ++i) {
        mark += hex_digits[digest[i] >> 4U];
        mark += hex_digits[digest[i] & 0xfU];
    }
    return mark + '-';
}

bool begins_with_mark(std::string_view word) {
    if (word.size() <= mark_size || !word.starts_with(beginning)) return false;
    const auto digest = word.substr(beginning.size(), 2 * digest_octets);
    return digest.find_first_not_of(hex_digits) == std::string_view::npos &&
           word[mark_size - 1] == '-';
}

/// Where a quoted string that begins the text ends.
std::size_t end_of_quoted(std::string_view text) {
    for (std::size_t i = 1; i < text.size(); ++i) {
        if (text[i] == '"') return i + 1;
        if (text[i] == '\\') ++i;
    }
    return text.size();
}

}  // namespace

std::string email_id_of_view(const smime::View& view, std::string_view email_id) {
    if (email_id.size() > longest - mark_size)  // not to be searched for
        email_id.remove_prefix(email_id.size() - (longest - mark_size));
    return mark_of(view).append(email_id);
}

///     search-key =/ "EMAILID" SP objectid
std::optional<std::string> with_server_email_ids(std::string_view line) {
    std::string out;
    bool changed = false;
    bool names_email_id = false;  // the word before
    while (!line.empty()) {
        const bool quoted = line.front() == '"';
        auto end =
            quoted ? end_of_quoted(line) : std::min(line.find_first_of(" ()\"\r\n"), line.size());
        const auto word = line.substr(0, std::max<std::size_t>(end, 1));
        line.remove_prefix(word.size());
        const auto id = word.substr(quoted ? 1 : 0);
        if (names_email_id && begins_with_mark(id)) {
            changed = true;
            out.append(word.substr(0, word.size() - id.size())).append(id.substr(mark_size));
        } else {
            out += word;
        }
        if (word != " ") names_email_id = imap::same_in_any_case(word, "EMAILID");
    }
    if (!changed) return std::nullopt;
    return out;
}

}  // namespace proxy
