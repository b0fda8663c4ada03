#include "proxy/outgoing.hpp"

#include <utility>

namespace proxy {

void Outgoing::write(std::string_view octets) {
    if (parts_.empty()) {
        ready_ += octets;
        return;
    }
    parts_.back().behind += octets;
    held_ += octets.size();
}

void Outgoing::write(std::string&& octets) {
    if (parts_.empty() && ready_.empty()) {
        ready_ = std::move(octets);
    } else {
        write(std::string_view{octets});
    }
}

Outgoing::Slot Outgoing::open_slot() {
    parts_.emplace_back();
    return first_ + parts_.size() - 1;
}

void Outgoing::fill(Slot slot, std::string octets) {
    Part& part = parts_.at(slot - first_);
    held_ += octets.size();
    part.octets = std::move(octets);
    part.filled = true;
    advance();
}

void Outgoing::advance() {
    while (!parts_.empty() && parts_.front().filled) {
        Part& part = parts_.front();
        held_ -= part.octets.size() + part.behind.size();
        if (ready_.empty()) {
            ready_ = std::move(part.octets);
        } else {
            ready_ += part.octets;
        }
        ready_ += part.behind;
        parts_.pop_front();
        ++first_;
    }
}

}  // namespace proxy
