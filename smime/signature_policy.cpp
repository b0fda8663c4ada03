#include "smime/signature_policy.hpp"

namespace smime {

namespace {

std::optional<std::uint8_t> hexadecimal_digit(char c) {
    if (c >= '0' && c <= '9') return static_cast<std::uint8_t>(c - '0');
    if (c >= 'a' && c <= 'f') return static_cast<std::uint8_t>(c - 'a' + 10);
    if (c >= 'A' && c <= 'F') return static_cast<std::uint8_t>(c - 'A' + 10);
    return std::nullopt;
}

}  // namespace

std::optional<keystore::Bytes> read_fingerprint(std::string_view text) {
    constexpr std::string_view kind = "sha256:";
    if (!text.starts_with(kind)) return std::nullopt;
    text.remove_prefix(kind.size());
    keystore::Bytes octets;
    while (!text.empty()) {
        if (text.front() == ':' && !octets.empty()) text.remove_prefix(1);
        if (text.size() < 2) return std::nullopt;
        const auto high = hexadecimal_digit(text[0]);
        const auto low = hexadecimal_digit(text[1]);
        if (!high || !low) return std::nullopt;
        octets.push_back(static_cast<std::uint8_t>(*high << 4U | *low));
        text.remove_prefix(2);
    }
    constexpr std::size_t sha256 = 32;
    if (octets.size() != sha256) return std::nullopt;
    return octets;
}

}  // namespace smime
