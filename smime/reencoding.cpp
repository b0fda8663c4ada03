#include "smime/reencoding.hpp"

#include <cstring>

#include "smime/leaf.hpp"
#include "smime/limits.hpp"

namespace smime {

namespace {

bool has_nul(std::string_view text) {
    return !text.empty() && std::memchr(text.data(), 0, text.size()) != nullptr;
}

/// std::string_view::rfind() goes octet by octet.
std::size_t last_line_end(std::string_view text) {
    const auto* found = static_cast<const char*>(::memrchr(text.data(), '\n', text.size()));
    return found ? static_cast<std::size_t>(found - text.data()) : std::string_view::npos;
}

/// Looks for the last line end that is near enough: those before it need no look.
bool has_long_line(std::string_view text) {
    while (text.size() > limits::line) {
        auto end = last_line_end(text.substr(0, limits::line + 2));
        if (end == limits::line + 1 && text[limits::line] != '\r')
            end = last_line_end(text.substr(0, limits::line + 1));
        if (end == std::string_view::npos) return true;
        text.remove_prefix(end + 1);
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
