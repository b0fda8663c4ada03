#pragma once

#include <compare>
#include <optional>
#include <string>

#include "keystore/secret.hpp"

namespace keystore {

/// DistinguishedName is a Name in the form in which names are compared (RFC 5280, 7.1): whatever
/// the string type, without regard to case, blanks at the ends or how many stand inside.
class DistinguishedName {
public:
    DistinguishedName() = default;

    /// Nothing if the DER is no Name, or a text in it is none of its type's: no name to rely on.
    static std::optional<DistinguishedName> parse(BytesView der);

    /// This name with one more RelativeDistinguishedName, the DER of its content: a
    /// nameRelativeToCRLIssuer (RFC 5280, 4.2.1.13).
    std::optional<DistinguishedName> with_relative_name(BytesView content) const;

    bool empty() const { return canonical_.empty(); }
    /// True if subtree's relative names are the first of this name's (RFC 5280, 4.2.1.10).
    bool is_within(const DistinguishedName& subtree) const {
        return canonical_.starts_with(subtree.canonical_);
    }
    /// False if letters beyond ASCII stand in it, whose case is not told.
    bool is_ascii() const { return ascii_; }
    /// Equal for equal names, and for no others: what a map is keyed by.
    const std::string& canonical() const { return canonical_; }
    auto operator<=>(const DistinguishedName&) const = default;

private:
    bool append_relative_name(BytesView content);

    std::string canonical_;  // relative names, each behind its length
    bool ascii_ = true;
};

}  // namespace keystore
