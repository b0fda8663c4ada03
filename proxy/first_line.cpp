#include "proxy/first_line.hpp"

#include <algorithm>

#include "proxy/limits.hpp"
#include "proxy/protocol_error.hpp"

namespace proxy {
namespace {

bool is_letter(char octet) {
    return (octet >= 'a' && octet <= 'z') || (octet >= 'A' && octet <= 'Z');
}

bool is_tag_char(char octet) {
    return octet > ' ' && octet < 0x7f &&
           std::string_view{"(){%*\"\\+"}.find(octet) == std::string_view::npos;
}

bool is_name_char(char octet) {
    return is_letter(octet) || (octet >= '0' && octet <= '9') || octet == '-' || octet == '_' ||
           octet == '.';
}

enum class Look { imap, other, more };

/// What octets are the beginning of.
Look look(std::string_view octets) {
    const auto tag = std::find_if_not(octets.begin(), octets.end(), is_tag_char);
    if (tag == octets.end()) return Look::more;
    if (tag == octets.begin() || *tag != ' ') return Look::other;
    const auto name = std::find_if_not(tag + 1, octets.end(), is_name_char);
    if (name != tag + 1 && !is_letter(tag[1])) return Look::other;
    if (name == octets.end()) return Look::more;
    const bool ends = *name == ' ' || *name == '\r' || *name == '\n';
    return name != tag + 1 && ends ? Look::imap : Look::other;
}

/// What it was instead, and what its user can do.
std::string_view what_else(std::string_view octets) {
    if (octets.starts_with('\x16')) {
        return "it began TLS; give the mail client \"None\" for the connection's security";
    }
    if (octets.starts_with("SSH-")) return "it spoke SSH";
    for (const std::string_view method :
         {"GET ", "HEAD ", "POST ", "PUT ", "DELETE ", "OPTIONS ", "CONNECT ", "PATCH ", "PRI "}) {
        if (octets.starts_with(method)) return "it spoke HTTP";
    }
    return "its first line is no IMAP command";
}

}  // namespace

void FirstLine::look_at(std::string_view octets) {
    if (seen_) return;
    beginning_ += octets.substr(0, limits::first_words - beginning_.size());
    auto found = look(beginning_);
    if (found == Look::more && beginning_.size() == limits::first_words) found = Look::other;
    if (found == Look::other) {
        throw ProtocolError{"the client was dropped: " + std::string{what_else(beginning_)}};
    }
    seen_ = found == Look::imap;
    if (seen_) beginning_ = std::string{};
}

}  // namespace proxy
