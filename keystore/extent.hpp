#pragma once

#include <cstddef>

#include "keystore/secret.hpp"

namespace keystore {

/// Extent is where something stands in octets that may be copied and moved with what they belong
/// to.
struct Extent {
    std::size_t offset = 0;
    std::size_t size = 0;

    /// Of part, a view into whole.
    static Extent of(BytesView part, BytesView whole) {
        return {static_cast<std::size_t>(part.data() - whole.data()), part.size()};
    }
    BytesView in(BytesView whole) const { return whole.subspan(offset, size); }
};

}  // namespace keystore
