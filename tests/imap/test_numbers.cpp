#include <type_traits>

#include "imap/numbers.hpp"
#include "tests/catch.hpp"

using imap::SequenceNumber;
using imap::Uid;
using imap::UidValidity;

static_assert(!std::is_constructible_v<Uid, SequenceNumber>);
static_assert(!std::is_constructible_v<UidValidity, Uid>);
static_assert(!std::is_convertible_v<std::uint32_t, Uid>);
static_assert(!std::is_convertible_v<Uid, std::uint32_t>);

TEST_CASE("Numbers of one meaning compare", "[imap][numbers]") {
    CHECK(Uid{3} < Uid{4});
    CHECK(Uid{3} == Uid{3});
    CHECK(Uid{}.value() == 0);
}
