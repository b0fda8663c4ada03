#include "smime/reencoding.hpp"

#include <cstring>

#include "smime/leaf.hpp"
#include "smime/limits.hpp"

namespace smime {

namespace {

bool has_nul(std::string_view text) {
    return !text.empty() && std::memchr(text.data(), 0, text.size()) != nullptr;
}

bool has_long_line(std::string_view text) {
    while (text.size() > limits::line) {
        const auto newline = text.substr(0, limits::line + 2).find('\n');
        if (newline == std::string_view::npos) return true;
        if (newline > limits::line && text[newline - 1] != '\r') return true;
        text.remove_prefix(newline + 1);
    }
    return false;
}

}  // namespace

Result<View> in_literal_form(View view) {
    if (!has_nul(view.body()) && !has_long_line(view.body())) return view;
    View written = with_new_bodies(std::move(view), [](const Leaf& leaf) -> std::optional<NewBody> {
        if (has_nul(leaf.body) || (has_long_line(leaf.body) && !leaf.is_signed))
            return decoded_body(leaf);
        return std::nullopt;
    });
    if (has_nul(written.header()) || has_nul(written.body())) return Error::ambiguous_mime;
    return written;
}

}  // namespace smime
