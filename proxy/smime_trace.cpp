#include "proxy/smime_trace.hpp"

#include <algorithm>

#include "imap/letter_case.hpp"

namespace proxy {
namespace {

constexpr std::string_view type = "pkcs7";

/// The octet "7" is in every sign, and rare in others.
bool has_sign(std::string_view octets) {
    for (auto at = octets.find('7'); at != std::string_view::npos; at = octets.find('7', at + 1)) {
        if (at + 1 >= type.size() &&
            imap::same_in_any_case(octets.substr(at + 1 - type.size(), type.size()), type))
            return true;
        if (at < 2 || at + 1 >= octets.size() || octets[at - 2] != '.' ||
            imap::lower_case(octets[at - 1]) != 'p')
            continue;
        if (std::string_view{"mscz"}.find(imap::lower_case(octets[at + 1])) !=
            std::string_view::npos)
            return true;
    }
    return false;
}

}  // namespace

bool SmimeTrace::feed(std::string_view octets) {
    constexpr auto kept = type.size() - 1;
    tail_ += octets.substr(0, kept);
    const bool at_seam = has_sign(tail_);
    if (octets.size() >= kept) {
        tail_ = octets.substr(octets.size() - kept);
    } else if (tail_.size() > kept) {
        tail_.erase(0, tail_.size() - kept);
    }
    return at_seam || has_sign(octets);
}

}  // namespace proxy
