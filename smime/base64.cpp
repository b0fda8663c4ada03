#include "smime/base64.hpp"

#include <algorithm>
#include <array>

namespace smime {
namespace {

constexpr std::string_view alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

constexpr std::uint32_t blank = 1U << 24;
constexpr std::uint32_t junk = 1U << 25;
constexpr std::uint32_t pad = 1U << 26;
constexpr std::uint32_t no_digit = blank | junk | pad;

/// For each of the four characters of a group its bits, already in their place within 24 bits: four
/// look-ups and three ORs decode three octets, and one comparison tells whether all four (or all of
/// several groups) were digits.
constexpr auto places = [] {
    std::array<std::array<std::uint32_t, 256>, 4> table{};
    for (auto& column : table) {
        for (auto& entry : column) entry = junk;
        for (const char c : std::string_view{" \t\r\n"})
            column[static_cast<unsigned char>(c)] = blank;
        column['='] = pad;
    }
    for (std::uint32_t i = 0; i < 64; ++i)
        for (std::size_t place = 0; place < 4; ++place)
            table[place][static_cast<unsigned char>(alphabet[i])] = i << (18 - 6 * place);
    return table;
}();

std::uint32_t group(const unsigned char* in) {
    return places[0][in[0]] | places[1][in[1]] | places[2][in[2]] | places[3][in[3]];
}

/// The compiler makes one store of eight octets, and of four.
template <int Octets>
void write(std::uint64_t bits, std::uint8_t* out) {
    for (int i = 0; i < Octets; ++i)
        out[i] = static_cast<std::uint8_t>(bits >> 8 * (Octets - 1 - i));
}

}  // namespace

Decoded decode_base64(std::string_view text) {
    Decoded decoded{keystore::SecretBytes{text.size() / 4 * 3 + 3}, false};
    // Two octets of the buffer are always free behind what is written: text holds at least four
    // characters for three octets.
    auto* out = decoded.octets.expose().data();
    const auto* const begin = out;
    const auto* in = reinterpret_cast<const unsigned char*>(text.data());
    const auto* const end = in + text.size();

    std::uint32_t bits = 0;
    int digits = 0;  // of the group in bits
    while (in != end) {
        while (digits == 0 && end - in >= 16) {
            const auto a = group(in), b = group(in + 4), c = group(in + 8), d = group(in + 12);
            if ((a | b | c | d) & no_digit) break;
            write<8>(std::uint64_t{a} << 40 | std::uint64_t{b} << 16 | c >> 8, out);
            write<4>(c << 24 | d, out + 8);
            out += 12;
            in += 16;
        }
        while (digits == 0 && end - in >= 4) {
            const auto four = group(in);
            if (four & no_digit) break;
            write<3>(four, out);
            out += 3;
            in += 4;
        }
        if (in == end) break;
        const auto place = places[3][*in++];
        if (place == pad) {
            if (digits < 2) {
                decoded.junk = true;
                continue;
            }
            break;
        }
        if (place & no_digit) {
            decoded.junk = decoded.junk || place == junk;
            continue;
        }
        bits = bits << 6 | place;
        if (++digits == 4) {
            write<3>(bits, out);
            out += 3;
            bits = 0;
            digits = 0;
        }
    }
    if (digits >= 2) *out++ = static_cast<std::uint8_t>(bits >> (digits == 2 ? 4 : 10));
    if (digits == 3) *out++ = static_cast<std::uint8_t>(bits >> 2);
    if (digits == 1) decoded.junk = true;
    decoded.octets.resize(static_cast<std::size_t>(out - begin));
    return decoded;
}

std::string encode_base64(keystore::BytesView octets) {
    constexpr std::size_t line = 57;  // octets in 76 characters
    std::string text;
    text.reserve((octets.size() + 2) / 3 * 4 + (octets.size() / line + 1) * 2);
    for (std::size_t start = 0; start < octets.size(); start += line) {
        const auto size = std::min(line, octets.size() - start);
        for (std::size_t i = 0; i < size; i += 3) {
            const auto octet = [&](std::size_t at) -> std::uint32_t {
                return at < size ? octets[start + at] : 0U;
            };
            const auto group = octet(i) << 16 | octet(i + 1) << 8 | octet(i + 2);
            text += alphabet[group >> 18];
            text += alphabet[group >> 12 & 63];
            text += i + 1 < size ? alphabet[group >> 6 & 63] : '=';
            text += i + 2 < size ? alphabet[group & 63] : '=';
        }
        text += "\r\n";
    }
    return text;
}

}  // namespace smime
