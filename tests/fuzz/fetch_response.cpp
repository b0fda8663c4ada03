#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "imap/fetch.hpp"
#include "imap/framer.hpp"

namespace {

void require(bool holds) {
    if (!holds) std::abort();
}

bool is_inside(std::string_view part, std::string_view whole) {
    return part.data() >= whole.data() && part.data() + part.size() <= whole.data() + whole.size();
}

}  // namespace

/// Where a whole response is read, the head of each of its literals says the same of it.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view response{reinterpret_cast<const char*>(data), size};
    imap::read_fetch_response_head(response);
    const auto whole = imap::read_fetch_response(response);
    if (!whole) return 0;
    require(imap::begins_fetch_response(response));
    for (const auto& item : whole->items) {
        require(is_inside(item.octets, response) && is_inside(item.value, item.octets));
        require(item.octets.ends_with(item.value) && !item.value.empty());
    }

    imap::Framer framer{imap::Side::server};
    framer.push(response);
    std::size_t octets = 0;
    while (const auto frame = framer.next()) {
        octets += frame->octets.size();
        if (!frame->announces) continue;
        const auto head = imap::read_fetch_response_head(response.substr(0, octets));
        if (!head) continue;
        require(head->literal == frame->announces->octets);
        const auto complete = head->complete.items.size();
        require(complete < whole->items.size());
        const auto& item = whole->items[complete];
        require(head->announced.item == item.item);
        const bool value_is_literal = item.value.starts_with('{') || item.value.starts_with("~{");
        require(!head->is_value || value_is_literal);
        if (head->is_value) require(head->announced.section == item.section);
        if (head->is_value) require(head->announced.origin == item.origin);
    }
    return 0;
}
