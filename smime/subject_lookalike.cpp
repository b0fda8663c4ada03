#include "smime/subject_lookalike.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <unordered_map>
#include <utility>
#include <vector>

#include "smime/utf8.hpp"

namespace smime {

namespace {

using Character = std::uint32_t;

/// Stands for a letter that is none of ours, as far as this file knows.
constexpr char unknown = '?';

/// What may look like brackets: opening and closing ones in turn.
constexpr std::string_view brackets =
    "[]［］【】〔〕〖〗〘〙〚〛⟦⟧❲❳⁅⁆⦋⦌⦍⦎⦏⦐﹝﹞「」『』｢｣⌈⌉⌊⌋⎡⎤⎢⎥⎣⎦⸢⸣⸤⸥⟬⟭⁽⁾⟨⟩〈〉〈〉《》";

/// Letters, each followed by characters that look like it. I, l, 1 and | are one.
constexpr std::array letters = {
    std::string_view{"aàáâãäåāăąǎǟȁȃȧḁạảɑɐᴀаαΑАӑӓ⍺ᵃₐª@4"},
    std::string_view{"cçćĉċčƈɕсϲСᴄⅽⅭϹᶜ"},
    std::string_view{"dďđɖɗԁժᴅⅾⅮᵈḋḍḏḑḓ"},
    std::string_view{"eèéêëēĕėęěȅȇȩḙḛẹẻẽеЕёЁѐεΕєҽɛᴇ℮ℯ∊€ᵉₑ3"},
    std::string_view{"fƒϝꜰẝſḟ"},
    std::string_view{"gĝğġģǥǧǵɡɢցᶢᵍ9"},
    std::string_view{"iìíîïĩīĭįıǐȉȋɩɪіІїЇιΙϊίⅰⅠⅼⅬḭịỉ1l|!ǀӀӏ¡ĺļľŀłɭʟᵢⁱˡ∣ǃ"},
    std::string_view{"nñńņňŉŋǹɲɳɴпПηήռողṅṇṉṋⁿ"},
    std::string_view{"pƥрРρΡᴘⲣþṕṗᵖ"},
    std::string_view{"rŕŗřȑȓɍɼɽɾгГʀᴦṙṛṝṟᵣʳ"},
    std::string_view{"sśŝşšșѕЅꜱʂƨṡṣˢ$5§"},
    std::string_view{"tţťŧțƫтТτΤᴛṫṭṯṱᵗ†7+"},
    std::string_view{"vνѵѴⅴⅤᴠṽṿᵛ∨⋁۷"},
    std::string_view{"yýÿŷỳỵỷỹȳɏуУүҮγΥυʏʸ"},
};

/// The words, as the letters above say them.
constexpr std::array words = {std::string_view{"encrypted"}, std::string_view{"decrypted"},
                              std::string_view{"verified"}, std::string_view{"invaiid"},
                              std::string_view{"signed"}};

/// A tag of more letters is none.
constexpr std::size_t longest_tag = 64;

/// Letters of a word that need not be known, so that it is one.
constexpr int unknown_letters = 2;

constexpr bool is_between(Character c, Character first, Character last) {
    return first <= c && c <= last;
}

/// What is not seen, or is only seen on another character; and blanks and ASCII punctuation, which
/// can stand between letters ("v e r i f i e d").
bool is_nothing(Character c) {
    constexpr std::array<std::pair<Character, Character>, 27> ranges{{
        {0x00, 0x20},     {0x22, 0x23},     {0x25, 0x2a},     {0x2c, 0x2f},     {0x3a, 0x3f},
        {0x5c, 0x5c},     {0x5e, 0x60},     {0x7d, 0xa0},     {0xad, 0xad},     {0xb7, 0xb7},
        {0x300, 0x36f},   {0x483, 0x489},   {0x591, 0x5bd},   {0x61c, 0x61c},   {0x115f, 0x1160},
        {0x1680, 0x1680}, {0x17b4, 0x17b5}, {0x180b, 0x180f}, {0x1ab0, 0x1aff}, {0x1dc0, 0x1dff},
        {0x2000, 0x2015}, {0x2022, 0x2022}, {0x2024, 0x206f}, {0x20d0, 0x20ff}, {0x3000, 0x3000},
        {0xfe00, 0xfe2f}, {0xfeff, 0xfeff},
    }};
    if (c == 0x34f || c == 0x3164 || c == 0xffa0 || is_between(c, 0xfff0, 0xfffb) ||
        is_between(c, 0xe0000, 0xe0fff))
        return true;
    return std::any_of(ranges.begin(), ranges.end(),
                       [c](const auto& range) { return is_between(c, range.first, range.second); });
}

/// Alphabets that Unicode has more than once: the letter's place in its own, or -1.
int place_in_alphabet(Character c) {
    struct Alphabet {
        Character first;
        Character last;
    };
    constexpr std::array<Alphabet, 12> alphabets{{{'A', 'Z'},
                                                  {'a', 'z'},
                                                  {0xff21, 0xff3a},
                                                  {0xff41, 0xff5a},
                                                  {0x249c, 0x24b5},
                                                  {0x24b6, 0x24cf},
                                                  {0x24d0, 0x24e9},
                                                  {0x1d400, 0x1d6a3},
                                                  {0x1f110, 0x1f129},
                                                  {0x1f130, 0x1f149},
                                                  {0x1f150, 0x1f169},
                                                  {0x1f170, 0x1f189}}};
    for (const auto& alphabet : alphabets)
        if (is_between(c, alphabet.first, alphabet.last))
            return static_cast<int>((c - alphabet.first) % 26);
    if (is_between(c, 0x1f1e6, 0x1f1ff)) return static_cast<int>(c - 0x1f1e6);
    return -1;
}

std::unordered_map<Character, char> confusable_letters() {
    std::unordered_map<Character, char> known;
    for (auto row : letters) {
        const char letter = row.front();
        while (!row.empty()) known.emplace(take_utf8_character(row), letter);
    }
    return known;
}

enum class Bracket { none, opening, closing };

Bracket bracket_of(Character c) {
    static const auto known = [] {
        std::unordered_map<Character, Bracket> map;
        auto next = Bracket::opening;
        for (auto rest = brackets; !rest.empty();) {
            map.emplace(take_utf8_character(rest), next);
            next = next == Bracket::opening ? Bracket::closing : Bracket::opening;
        }
        return map;
    }();
    const auto found = known.find(c);
    return found == known.end() ? Bracket::none : found->second;
}

/// Embeddings, overrides and isolates (UAX #9): what stands in one may be shown from right to left.
bool turns_text(Character c) {
    return is_between(c, 0x202a, 0x202e) || is_between(c, 0x2066, 0x2069);
}

/// The letter that a character looks like; 0 for none.
char letter_of(Character c) {
    static const auto known = confusable_letters();
    if (is_nothing(c)) return 0;
    if (const int place = place_in_alphabet(c); place >= 0) {
        const char letter = static_cast<char>('a' + place);
        return letter == 'l' ? 'i' : letter;
    }
    const auto found = known.find(c);
    if (found != known.end()) return found->second;
    return c < 0x80 ? static_cast<char>(c) : unknown;
}

bool reads(std::string_view text, std::string_view word) {
    int unknowns = 0;
    for (std::size_t i = 0; i < word.size(); ++i) {
        if (text[i] == word[i]) continue;
        if (text[i] != unknown || ++unknowns > unknown_letters) return false;
    }
    return true;
}

bool says_a_word(std::string_view tag) {
    if (tag.size() > longest_tag) return false;
    for (const auto word : words)
        for (std::size_t at = 0; at + word.size() <= tag.size(); ++at)
            if (reads(tag.substr(at), word)) return true;
    return false;
}

}  // namespace

std::string without_lookalikes(std::string_view text) {
    struct Opening {
        std::size_t out;      // where it stands in out
        std::size_t letters;  // how many were read before it
    };
    std::string out;
    std::string read;                // letters of what is in out
    std::vector<Opening> unmatched;  // opening brackets behind which none has been closed
    bool after_tag = false;
    while (!text.empty()) {
        const auto before = text;
        const auto character = take_utf8_character(text);
        const auto octets = before.substr(0, before.size() - text.size());
        if (turns_text(character)) continue;
        const auto bracket = bracket_of(character);
        if (bracket == Bracket::closing && !unmatched.empty()) {
            const auto opening = unmatched.back();
            unmatched.pop_back();
            if (says_a_word(std::string_view{read}.substr(opening.letters))) {
                out.resize(opening.out);
                read.resize(opening.letters);
                after_tag = true;
                continue;
            }
        }
        if (bracket == Bracket::opening) unmatched.push_back({out.size(), read.size()});
        if (bracket == Bracket::none) {
            if (const char letter = letter_of(character)) read += letter;
        }
        // One blank of those at both sides of a tag.
        const bool doubles = after_tag && octets == " " && (out.empty() || out.ends_with(' '));
        after_tag = after_tag && doubles;
        if (!doubles) out += octets;
    }
    while (after_tag && out.ends_with(' ')) out.pop_back();
    return out;
}

}  // namespace smime
