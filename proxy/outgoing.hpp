#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>

namespace proxy {

/// Outgoing keeps the order of what a client gets. Octets are written behind everything before
/// them; a slot is a place for a response whose message is still being opened, and holds back what
/// comes after it until it is filled.
class Outgoing {
public:
    using Slot = std::uint64_t;

    void write(std::string_view octets);
    void write(std::string&& octets);
    Slot open_slot();
    /// Puts octets (none, if there is nothing to say) into a slot that was opened and not yet
    /// filled.
    void fill(Slot slot, std::string octets);

    /// What may be sent now. The caller takes octets out of it.
    std::string& ready() { return ready_; }
    bool has_open_slots() const { return !parts_.empty(); }
    /// All of it, and the places.
    std::size_t octets() const { return ready_.size() + held_ + parts_.size() * sizeof(Part); }

private:
    struct Part {
        bool filled = false;
        std::string octets;  ///< of the slot, and of what was written behind it
        std::string behind;
    };
    void advance();

    std::string ready_;
    std::deque<Part> parts_;
    Slot first_ = 0;  ///< the slot that parts_.front() is
    std::size_t held_ = 0;
};

}  // namespace proxy
