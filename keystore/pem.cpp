#include "keystore/pem.hpp"

#include <algorithm>
#include <optional>

#include "keystore/key_file_error.hpp"

namespace keystore {
namespace {

constexpr std::string_view begin = "-----BEGIN ";
constexpr std::string_view end = "-----END ";
constexpr std::string_view dashes = "-----";

/// Takes a line off the front, without its end and the white space before that.
std::string_view take_line(std::string_view& text) {
    const std::size_t size = text.find('\n');
    std::string_view line = text.substr(0, size);
    text.remove_prefix(size == std::string_view::npos ? text.size() : size + 1);
    while (!line.empty() && (line.back() == '\r' || line.back() == ' ' || line.back() == '\t'))
        line.remove_suffix(1);
    return line;
}

/// The label of a line that begins or ends a block.
std::optional<std::string_view> label(std::string_view line, std::string_view boundary) {
    if (!line.starts_with(boundary) || !line.ends_with(dashes)) return std::nullopt;
    if (line.size() < boundary.size() + dashes.size()) return std::nullopt;
    return line.substr(boundary.size(), line.size() - boundary.size() - dashes.size());
}

int base64_value(char c) {
    if (c >= 'A' && c <= 'Z') return c - 'A';
    if (c >= 'a' && c <= 'z') return c - 'a' + 26;
    if (c >= '0' && c <= '9') return c - '0' + 52;
    return c == '+' ? 62 : c == '/' ? 63 : -1;
}

/// Base64 that comes line by line. Its octets may be a key.
class Base64 {
public:
    bool add(std::string_view line) {
        for (const char c : line) {
            if (c == ' ' || c == '\t') continue;
            if (c == '=') {
                ++padding_;
                continue;
            }
            const int value = base64_value(c);
            if (value < 0 || padding_ > 0) return false;
            bits_ = bits_ << 6 | static_cast<std::uint32_t>(value);
            if (++characters_ % 4 != 0) continue;
            std::uint8_t three[] = {static_cast<std::uint8_t>(bits_ >> 16 & 0xff),
                                    static_cast<std::uint8_t>(bits_ >> 8 & 0xff),
                                    static_cast<std::uint8_t>(bits_ & 0xff)};
            octets_.append(three);
            wipe(three, sizeof three);
        }
        return true;
    }

    std::optional<SecretBytes> finish() {
        const std::size_t rest = characters_ % 4;
        if (rest == 1 || (rest + padding_) % 4 != 0 || padding_ > 2) return std::nullopt;
        std::uint8_t two[] = {static_cast<std::uint8_t>(bits_ >> (rest == 3 ? 10 : 4) & 0xff),
                              static_cast<std::uint8_t>(bits_ >> 2 & 0xff)};
        if (rest != 0) octets_.append(BytesView{two}.first(rest - 1));
        wipe(two, sizeof two);
        wipe(&bits_, sizeof bits_);
        return std::move(octets_);
    }

private:
    SecretBytes octets_;
    std::uint32_t bits_ = 0;
    std::size_t characters_ = 0;
    std::size_t padding_ = 0;
};

}  // namespace

std::vector<PemBlock> read_pem(std::string_view text) {
    std::vector<PemBlock> blocks;
    for (std::size_t number = 1; !text.empty(); ++number) {
        const auto opened = label(take_line(text), begin);
        if (!opened) continue;
        const std::string where = " in line " + std::to_string(number);
        PemBlock block{std::string{*opened}, false, {}};
        Base64 base64;
        for (bool open = true; open;) {
            if (text.empty()) throw KeyFileError{"the PEM block" + where + " does not end"};
            const std::string_view line = take_line(text);
            ++number;
            if (const auto closed = label(line, end)) {
                if (*closed != *opened)
                    throw KeyFileError{"the PEM block" + where + " ends as another one"};
                open = false;
            } else if (line.find(':') != std::string_view::npos) {
                if (line.find("ENCRYPTED") != std::string_view::npos)
                    block.encrypted_in_old_form = true;
            } else if (!base64.add(line)) {
                throw KeyFileError{"the PEM block" + where + " is not base64"};
            }
        }
        auto octets = base64.finish();
        if (!octets) throw KeyFileError{"the PEM block" + where + " is not whole"};
        block.octets = std::move(*octets);
        blocks.push_back(std::move(block));
    }
    return blocks;
}

std::string write_pem(std::string_view label, BytesView octets) {
    constexpr std::string_view characters =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    constexpr std::size_t octets_of_line = 48;
    std::string text = std::string{begin}.append(label).append(dashes) + '\n';
    while (!octets.empty()) {
        BytesView line = octets.first(std::min(octets.size(), octets_of_line));
        octets = octets.subspan(line.size());
        while (!line.empty()) {
            const auto three = line.first(std::min<std::size_t>(line.size(), 3));
            line = line.subspan(three.size());
            std::uint32_t bits = 0;
            for (std::size_t i = 0; i < 3; ++i)
                bits = bits << 8 | (i < three.size() ? three[i] : 0U);
            for (std::size_t i = 0; i < 4; ++i)
                text += i <= three.size() ? characters[bits >> (18 - 6 * i) & 63] : '=';
        }
        text += '\n';
    }
    return text.append(end).append(label).append(dashes) + '\n';
}

}  // namespace keystore
