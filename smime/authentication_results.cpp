#include "smime/authentication_results.hpp"

#include <algorithm>

#include "smime/encoded_word.hpp"
#include "smime/folded_field.hpp"
#include "smime/header.hpp"
#include "smime/header_cursor.hpp"
#include "smime/limits.hpp"

namespace smime {

namespace {

bool is_token_char(char c) {
    return c > ' ' && c < 0x7f &&
           std::string_view{"()<>@,;:\\\"/[]?="}.find(c) == std::string_view::npos;
}

/// What stands for itself in a pvalue (RFC 8601, 2.2): a token, or an address of atoms.
bool needs_no_quotes(std::string_view text) {
    const auto at = std::min(text.find('@'), text.size());
    const auto is_plain = [](std::string_view part) {
        return std::all_of(part.begin(), part.end(), is_token_char);
    };
    return !text.empty() && is_plain(text.substr(0, at)) &&
           (at == text.size() || (at > 0 && at + 1 < text.size() && is_plain(text.substr(at + 1))));
}

std::string pvalue(std::string_view text) {
    if (text.size() <= limits::presented_text && needs_no_quotes(text)) return std::string{text};
    const bool cut = text.size() > limits::presented_text;
    std::string quoted = "\"";
    for (const char c : text.substr(0, limits::presented_text)) {
        if (c == '"' || c == '\\') quoted += '\\';
        quoted += c >= ' ' && c < 0x7f ? c : '?';
    }
    return quoted + (cut ? "...\"" : "\"");
}

/// The signer that the verdict is about: the one that passes, or else the first.
const Signer* signer_of(const Report& report) {
    const Signer* first = nullptr;
    for (auto layer = report.layers.rbegin(); layer != report.layers.rend(); ++layer)
        for (const Signer& signer : layer->signers) {
            if (signer.verdict == Verdict::pass) return &signer;
            if (!first) first = &signer;
        }
    return first;
}

bool is_word_char(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_' || c == '.';
}

/// True if a method "smime" is named, "smime=pass", "smime / 1 = pass", "s(x)mime" not.
bool names_the_method(std::string_view value) {
    constexpr std::string_view method = "smime";
    for (std::size_t at = 0; at + method.size() < value.size(); ++at) {
        if (!same_name(value.substr(at, method.size()), method)) continue;
        if (at > 0 && is_word_char(value[at - 1])) continue;
        HeaderCursor in{value.substr(at + method.size())};
        in.skip_cfws();
        if (in.at('=') || in.at('/')) return true;
    }
    return false;
}

bool is_in_our_name(std::string_view value) {
    HeaderCursor in{value};
    std::string id;
    if (in.skip_cfws() == HeaderCursor::Next::malformed) return false;
    if (in.at('"'))
        in.quoted_string(id);
    else
        in.raw_value(id);
    return same_name(std::string_view{id}.substr(0, 10), "paperknife");
}

}  // namespace

std::string authentication_results(const Report& report, std::string_view authserv_id,
                                   bool names_issuer) {
    if (!report.signatures_verified) return {};
    FoldedField field{"Authentication-Results"};
    field.add_word(std::string{authserv_id} + ';');
    field.add_word("smime=" + std::string{word(report.verdict)});
    if (!report.reason.empty()) field.add_word("reason=" + pvalue(report.reason));
    const Signer* signer = report.verdict == Verdict::none ? nullptr : signer_of(report);
    if (signer) {
        if (!signer->address.empty())
            field.add_word("body.smime-identifier=" + pvalue(signer->address));
        // Of others a stranger may have chosen the issuer's name.
        if (names_issuer && signer->verdict == Verdict::pass && !signer->issuer.empty())
            field.add_word("body.smime-issuer=" + pvalue(signer->issuer));
    }
    return field.take();
}

bool tells_of_smime(std::string_view value) {
    if (is_in_our_name(value) || names_the_method(value)) return true;
    // What only looks like it: readers show encoded words as text.
    bool charset_hides = false;
    return names_the_method(without_encoded_words(value, charset_hides)) || charset_hides;
}

}  // namespace smime
