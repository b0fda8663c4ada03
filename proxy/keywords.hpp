#pragma once

#include <string_view>
#include <vector>

#include "smime/report.hpp"

namespace proxy {

/// The keywords that a message has because of what opening it found (design, chapter 5). They are
/// virtual: the server is never told of them (ST-03).
struct Keywords {
    bool encrypted = false;  ///< $SMIME-Encrypted: it was, and is opened
    bool verified = false;   ///< $SMIME-Verified: its signature is its author's
    bool invalid = false;    ///< $SMIME-Invalid: its signature or its form is broken

    bool any() const { return encrypted || verified || invalid; }
    bool operator==(const Keywords&) const = default;
};

/// opened: the message is delivered as its view.
Keywords keywords_of(const smime::Report& report, bool opened);

/// Their flags, in order.
std::vector<std::string_view> flags_of(const Keywords& keywords);
std::vector<std::string_view> all_keyword_flags();

/// True for a flag that is one of ours or looks like one: "$SMIME-…" in any case. Nobody else's
/// gets through, in either direction (ST-01).
bool is_own_flag(std::string_view flag);

}  // namespace proxy
