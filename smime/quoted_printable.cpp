#include "smime/base64.hpp"

namespace smime {
namespace {

int digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    return -1;
}

}  // namespace

Decoded decode_quoted_printable(std::string_view text) {
    Decoded decoded{keystore::SecretBytes{text.size()}, false};
    const auto out = decoded.octets.expose();
    std::size_t size = 0;
    const auto put = [&](std::string_view octets) {
        for (const char c : octets) out[size++] = static_cast<std::uint8_t>(c);
    };
    while (!text.empty()) {
        const auto newline = text.find('\n');
        auto line = text.substr(0, newline);
        text.remove_prefix(newline == std::string_view::npos ? text.size() : newline + 1);
        std::string_view line_end;
        if (newline != std::string_view::npos) {
            line_end = line.ends_with('\r') ? "\r\n" : "\n";
            if (line.ends_with('\r')) line.remove_suffix(1);
        }
        while (line.ends_with(' ') || line.ends_with('\t')) line.remove_suffix(1);
        if (line.ends_with('=')) {  // a soft line break
            line.remove_suffix(1);
            line_end = {};
        }
        for (auto equals = line.find('='); equals != std::string_view::npos;
             equals = line.find('=')) {
            put(line.substr(0, equals));
            line.remove_prefix(equals);
            if (line.size() >= 3 && digit(line[1]) >= 0 && digit(line[2]) >= 0) {
                out[size++] = static_cast<std::uint8_t>(digit(line[1]) * 16 + digit(line[2]));
                line.remove_prefix(3);
            } else {
                decoded.junk = true;
                put(line.substr(0, 1));
                line.remove_prefix(1);
            }
        }
        put(line);
        put(line_end);
    }
    decoded.octets.resize(size);
    return decoded;
}

}  // namespace smime
