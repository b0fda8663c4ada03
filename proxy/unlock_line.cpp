#include "proxy/unlock_line.hpp"

#include <algorithm>
#include <utility>

namespace proxy {

bool FirstLine::add(keystore::BytesView octets) {
    if (complete_) return true;
    const auto end = std::find(octets.begin(), octets.end(), '\n');
    const auto line = octets.first(static_cast<std::size_t>(end - octets.begin()));
    if (line.size() > limit - line_.size()) return false;
    line_.append(line);
    complete_ = end != octets.end();
    return true;
}

keystore::SecretBytes FirstLine::take() {
    // A file that was edited on Windows.
    const auto octets = line_.expose();
    if (!octets.empty() && octets.back() == '\r') line_.resize(octets.size() - 1);
    return std::exchange(line_, {});
}

}  // namespace proxy
