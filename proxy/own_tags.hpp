#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace proxy {

/// OwnTags names the commands that the proxy itself sends within a session. The prefix is random,
/// so that no command of the client's carries such a tag by accident.
class OwnTags {
public:
    explicit OwnTags(std::string prefix) : prefix_{std::move(prefix)} {}
    std::string next() { return prefix_ + std::to_string(++last_); }
    const std::string& mark() const { return prefix_; }  ///< what all of them begin with
    bool is_own(std::string_view tag) const { return tag.starts_with(prefix_); }

private:
    std::string prefix_;
    std::uint64_t last_ = 0;
};

}  // namespace proxy
