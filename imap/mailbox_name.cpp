#include "imap/mailbox_name.hpp"

#include <cstdint>
#include <optional>

#include "imap/letter_case.hpp"

namespace imap {
namespace {

/// The value of a digit of modified BASE64, whose last two are "+" and ",".
std::optional<std::uint32_t> digit(char c) {
    if (c >= 'A' && c <= 'Z') return static_cast<std::uint32_t>(c - 'A');
    if (c >= 'a' && c <= 'z') return static_cast<std::uint32_t>(c - 'a' + 26);
    if (c >= '0' && c <= '9') return static_cast<std::uint32_t>(c - '0' + 52);
    if (c == '+') return 62;
    if (c == ',') return 63;
    return std::nullopt;
}

void append_utf8(std::string& out, std::uint32_t character) {
    const auto octet = [&](std::uint32_t value) { out += static_cast<char>(value); };
    const auto rest = [&](unsigned shift) { octet(0x80U | ((character >> shift) & 0x3fU)); };
    if (character < 0x80) return octet(character);
    if (character < 0x800) {
        octet(0xc0U | (character >> 6U));
        return rest(0);
    }
    if (character < 0x10000) {
        octet(0xe0U | (character >> 12U));
    } else {
        octet(0xf0U | (character >> 18U));
        rest(12);
    }
    rest(6);
    rest(0);
}

/// What stands between "&" and "-": UTF-16, big end first. False if it is not that.
bool append_shifted(std::string& out, std::string_view shifted) {
    std::uint32_t bits = 0, high = 0;
    unsigned count = 0;
    for (const char c : shifted) {
        const auto value = digit(c);
        if (!value) return false;
        bits = (bits << 6U) | *value;
        count += 6;
        if (count < 16) continue;
        count -= 16;
        const auto unit = (bits >> count) & 0xffffU;
        bits &= (1U << count) - 1;
        const bool is_high = unit >= 0xd800 && unit < 0xdc00;
        const bool is_low = unit >= 0xdc00 && unit < 0xe000;
        if (is_low != (high != 0)) return false;
        if (is_high) {
            high = unit;
            continue;
        }
        append_utf8(out, is_low ? 0x10000 + ((high - 0xd800) << 10U) + (unit - 0xdc00) : unit);
        high = 0;
    }
    return high == 0 && bits == 0 && count < 6;
}

std::optional<std::string> decode_modified_utf7(std::string_view octets) {
    std::string out;
    while (!octets.empty()) {
        const auto shift = octets.find('&');
        out += octets.substr(0, shift);
        if (shift == std::string_view::npos) break;
        octets.remove_prefix(shift + 1);
        const auto end = octets.find('-');
        if (end == std::string_view::npos) return std::nullopt;
        if (end == 0) {
            out += '&';
        } else if (!append_shifted(out, octets.substr(0, end))) {
            return std::nullopt;
        }
        octets.remove_prefix(end + 1);
    }
    return out;
}

}  // namespace

std::string mailbox_name(std::string_view octets) {
    if (same_in_any_case(octets, "INBOX")) return "INBOX";
    return decode_modified_utf7(octets).value_or(std::string{octets});
}

}  // namespace imap
