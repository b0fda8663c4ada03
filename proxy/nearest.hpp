#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

namespace proxy {

/// The number of letters to insert, remove, change or swap with their neighbour that makes one word
/// of the other (optimal string alignment), whatever their case.
std::size_t edit_distance(std::string_view one, std::string_view other);

/// The known word that was probably meant by word, or nothing if none is near.
std::optional<std::string_view> nearest(std::string_view word,
                                        std::span<const std::string_view> known);

}  // namespace proxy
