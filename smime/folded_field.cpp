#include "smime/folded_field.hpp"

namespace smime {

namespace {

constexpr std::size_t line_limit = 77;  // RFC 5322, 2.1.1: "SHOULD be no more than 78"

}  // namespace

void FoldedField::add_together(const std::vector<std::string>& pieces) {
    std::string word;
    for (const std::string& piece : pieces) word += piece;
    if (word.size() < line_limit) return add_word(word);
    add_word(pieces.front());
    for (std::size_t i = 1; i < pieces.size(); ++i) add("", pieces[i]);
}

void FoldedField::add(std::string_view blank, std::string_view piece) {
    const auto line = text_.size() - (text_.rfind('\n') + 1);  // npos + 1 is 0
    const bool fits = line + blank.size() + piece.size() <= line_limit;
    text_.append(fits ? blank : "\r\n ").append(piece);
}

}  // namespace smime
