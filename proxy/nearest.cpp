#include "proxy/nearest.hpp"

#include <algorithm>
#include <vector>

namespace proxy {
namespace {

// No word that we know is longer; it bounds the work for words that a stranger wrote.
constexpr std::size_t word_limit = 40;

char lower(char octet) {
    return octet >= 'A' && octet <= 'Z' ? static_cast<char>(octet - 'A' + 'a') : octet;
}

}  // namespace

std::size_t edit_distance(std::string_view one, std::string_view other) {
    std::vector<std::size_t> before(other.size() + 1), last(other.size() + 1),
        now(other.size() + 1);
    for (std::size_t j = 0; j <= other.size(); ++j) last[j] = j;
    const auto equal = [&](std::size_t i, std::size_t j) {
        return lower(one[i]) == lower(other[j]);
    };
    for (std::size_t i = 1; i <= one.size(); ++i) {
        now[0] = i;
        for (std::size_t j = 1; j <= other.size(); ++j) {
            const std::size_t change = last[j - 1] + (equal(i - 1, j - 1) ? 0 : 1);
            now[j] = std::min({last[j] + 1, now[j - 1] + 1, change});
            if (i > 1 && j > 1 && equal(i - 1, j - 2) && equal(i - 2, j - 1)) {
                now[j] = std::min(now[j], before[j - 2] + 1);
            }
        }
        std::swap(before, last);
        std::swap(last, now);
    }
    return last[other.size()];
}

std::optional<std::string_view> nearest(std::string_view word,
                                        std::span<const std::string_view> known) {
    if (word.empty() || word.size() > word_limit) return std::nullopt;
    std::optional<std::string_view> best;
    // A third of the letters wrong: beyond, a suggestion is a guess.
    std::size_t best_distance = word.size() / 3 + 2;
    for (const auto candidate : known) {
        const auto distance = edit_distance(word, candidate);
        if (distance < best_distance && distance < candidate.size()) {
            best = candidate;
            best_distance = distance;
        }
    }
    return best;
}

}  // namespace proxy
