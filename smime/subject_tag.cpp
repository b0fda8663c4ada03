#include "smime/subject_tag.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include "smime/encoded_word.hpp"
#include "smime/header.hpp"
#include "smime/subject_lookalike.hpp"

namespace smime {

namespace {

constexpr std::string_view encrypted = "[encrypted]";
constexpr std::string_view verified = "[verified]";
constexpr std::string_view invalid = "[invalid]";

/// A field's line may have 998 octets (RFC 5322, 2.1.1).
constexpr std::size_t longest_line = 998;

/// A Subject of plain ASCII beyond this is written in encoded words, which can be folded anywhere.
constexpr std::size_t longest_plain = 200;

void skip_blanks(std::string_view& text) {
    text.remove_prefix(std::min(text.find_first_not_of(" \t\r\n"), text.size()));
}

/// What follows the tags that we have put there ourselves.
std::string_view without_own_tags(std::string_view value) {
    constexpr std::array tags{encrypted, verified, invalid};
    while (true) {
        skip_blanks(value);
        const auto* tag = std::find_if(tags.begin(), tags.end(), [&](std::string_view candidate) {
            return value.starts_with(candidate);
        });
        if (tag == tags.end()) return value;
        value.remove_prefix(tag->size());
    }
}

bool is_plain(std::string_view text) {
    return text.size() <= longest_plain && text.find("=?") == text.npos &&
           std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c < 0x7f; });
}

/// A Subject's value without tags, or nothing if there are none in it.
std::optional<std::string> without_tags(std::string_view value) {
    const auto rest = without_own_tags(value);
    bool hides = false;
    const std::string shown = decoded_text(unfolded(rest), hides);
    const std::string kept = without_lookalikes(shown);
    if (kept != shown || hides) return is_plain(kept) ? kept : encoded_words(kept);
    if (rest.size() == value.size()) return std::nullopt;
    return std::string{rest};
}

std::string subject(std::string_view rest, const std::vector<std::string_view>& tags) {
    std::string field = "Subject:";
    for (const auto tag : tags) field.append(" ").append(tag);
    if (!rest.empty()) {
        const auto line = std::min(rest.find_first_of("\r\n"), rest.size());
        field.append(field.size() + 1 + line > longest_line ? "\r\n " : " ").append(rest);
    }
    return field + "\r\n";
}

}  // namespace

std::vector<std::string_view> subject_tags(const Report& report) {
    std::vector<std::string_view> tags;
    if (report.encryption != Encryption::none && report.encryption != Encryption::failed)
        tags.push_back(encrypted);
    if (report.verdict == Verdict::pass) tags.push_back(verified);
    if (report.verdict == Verdict::fail || report.verdict == Verdict::permerror)
        tags.push_back(invalid);
    return tags;
}

std::string with_subject_tags(std::string_view header, const std::vector<std::string_view>& tags) {
    std::string out;
    bool has_subject = false;
    HeaderScanner fields{header};
    while (const auto field = fields.next()) {
        if (!same_name(lenient_name(*field), "Subject")) {
            out += field->octets;
            continue;
        }
        has_subject = true;
        auto value = field->octets.substr(field->octets.find(':') + 1);
        value = value.substr(0, value.find_last_not_of(" \t\r\n") + 1);
        skip_blanks(value);
        const auto other = without_tags(value);
        const bool stays = tags.empty() && !other && field->is("Subject");
        out += stays ? std::string{field->octets} : subject(other ? *other : value, tags);
    }
    if (!has_subject && !tags.empty()) out += subject({}, tags);
    return out + "\r\n";
}

}  // namespace smime
