#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace smime {

/// FoldedField writes a header field, and folds where a piece begins that does not fit into the
/// line (RFC 5322, 2.1.1 and 2.2.3).
class FoldedField {
public:
    explicit FoldedField(std::string_view name) : text_{name} { text_ += ':'; }

    /// A word, after a blank or on a new line.
    void add_word(std::string_view word) { add(" ", word); }
    /// A word that may be folded between its pieces if one line can't hold it.
    void add_together(const std::vector<std::string>& pieces);
    /// The field with its line end.
    std::string take() { return std::move(text_) + "\r\n"; }

private:
    void add(std::string_view blank, std::string_view piece);

    std::string text_;
};

}  // namespace smime
