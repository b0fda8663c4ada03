#include "smime/punycode.hpp"

#include <algorithm>
#include <cstdint>
#include <vector>

#include "smime/utf8.hpp"

namespace smime {

namespace {

// RFC 3492, 5.
constexpr std::uint32_t base = 36, t_min = 1, t_max = 26, skew = 38, damp = 700, initial_bias = 72,
                        initial_n = 0x80;
constexpr std::size_t longest_label = 63;

std::uint32_t adapted(std::uint32_t delta, std::uint32_t points, bool first) {
    delta = first ? delta / damp : delta / 2;
    delta += delta / points;
    std::uint32_t k = 0;
    for (; delta > (base - t_min) * t_max / 2; k += base) delta /= base - t_min;
    return k + (base - t_min + 1) * delta / (delta + skew);
}

char digit(std::uint32_t value) {
    return static_cast<char>(value < 26 ? 'a' + value : '0' + (value - 26));
}

void append_number(std::string& out, std::uint32_t number, std::uint32_t bias) {
    for (std::uint32_t k = base;; k += base) {
        const std::uint32_t t = k <= bias ? t_min : std::min(k - bias, t_max);
        if (number < t) break;
        out += digit(t + (number - t) % (base - t));
        number = (number - t) / (base - t);
    }
    out += digit(number);
}

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

/// RFC 3492, 6.3. The label is short enough that nothing overflows.
std::string encoded(const std::vector<std::uint32_t>& points) {
    std::string out;
    for (const std::uint32_t point : points)
        if (point < initial_n) out += lower(static_cast<char>(point));
    auto handled = static_cast<std::uint32_t>(out.size());
    const std::uint32_t basic = handled;
    if (basic > 0) out += '-';
    std::uint32_t n = initial_n, delta = 0, bias = initial_bias;
    while (handled < points.size()) {
        std::uint32_t next = UINT32_MAX;
        for (const std::uint32_t point : points)
            if (point >= n) next = std::min(next, point);
        delta += (next - n) * (handled + 1);
        n = next;
        for (const std::uint32_t point : points) {
            if (point < n) ++delta;
            if (point != n) continue;
            append_number(out, delta, bias);
            bias = adapted(delta, handled + 1, handled == basic);
            delta = 0;
            ++handled;
        }
        ++delta;
        ++n;
    }
    return out;
}

}  // namespace

std::optional<std::string> a_label(std::string_view label) {
    if (label.empty() || label.size() > 4 * longest_label || !is_utf8(label)) return std::nullopt;
    std::vector<std::uint32_t> points;
    bool ascii = true;
    while (!label.empty()) {
        points.push_back(take_utf8_character(label));
        ascii &= points.back() < initial_n;
    }
    if (points.size() > longest_label) return std::nullopt;
    std::string result;
    if (ascii) {
        for (const std::uint32_t point : points) result += lower(static_cast<char>(point));
    } else {
        result = "xn--" + encoded(points);
    }
    if (result.size() > longest_label) return std::nullopt;
    return result;
}

}  // namespace smime
