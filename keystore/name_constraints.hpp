#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "keystore/general_name.hpp"

namespace keystore {

/// NameConstraints (RFC 5280, 4.2.1.10).
struct NameConstraints {
    std::vector<GeneralName> permitted;
    std::vector<GeneralName> excluded;

    /// Nothing if malformed, if a base is none that names could be compared with, or if a subtree
    /// has a minimum or maximum, which this profile forbids.
    static std::optional<NameConstraints> parse(BytesView der);

    /// True if every name is allowed: within none of the excluded subtrees of its form, and within
    /// one of the permitted ones if there are any of its form. A form that is constrained, and that
    /// we can't compare, allows nothing. An rfc822Name's constraint holds for SmtpUTF8Mailbox too
    /// (RFC 9598, 6).
    bool allow(const std::vector<GeneralName>& names) const;

    /// What allow() costs at most.
    std::size_t comparisons(std::size_t names) const {
        return names * (permitted.size() + excluded.size());
    }
};

}  // namespace keystore
