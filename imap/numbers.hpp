#pragma once

#include <compare>
#include <cstdint>

namespace imap {

/// Number is an integer with a meaning: numbers of different meaning do not mix, and there is no
/// arithmetic. Who adds must say value().
template <class Meaning, class Rep = std::uint32_t>
class Number {
public:
    constexpr Number() = default;
    constexpr explicit Number(Rep value) : value_{value} {}
    constexpr Rep value() const { return value_; }
    friend constexpr auto operator<=>(Number, Number) = default;

private:
    Rep value_ = 0;
};

using SequenceNumber = Number<struct SequenceNumberMeaning>;  // RFC 9051, 2.3.1.2
using Uid = Number<struct UidMeaning>;                        // RFC 9051, 2.3.1.1
using UidValidity = Number<struct UidValidityMeaning>;        // RFC 9051, 2.3.1.1

}  // namespace imap
