#pragma once

#include <cstddef>
#include <functional>
#include <string_view>
#include <vector>

namespace tests {

/// Calls check with the input cut in every way that finds mistakes: whole, octet by octet, and at
/// each single place. Every incremental parser goes through this.
inline void for_every_split(
    std::string_view input,
    const std::function<void(const std::vector<std::string_view>&)>& check) {
    check({input});
    std::vector<std::string_view> octets;
    for (std::size_t i = 0; i < input.size(); ++i) octets.push_back(input.substr(i, 1));
    check(octets);
    for (std::size_t i = 1; i < input.size(); ++i) check({input.substr(0, i), input.substr(i)});
}

}  // namespace tests
