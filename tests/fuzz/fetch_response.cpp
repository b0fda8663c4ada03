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

const imap::MessageDataItem& item_at(const imap::FetchResponse& whole, const char* place) {
    for (const auto& item : whole.items)
        if (item.octets.data() < place && place <= item.octets.data() + item.octets.size())
            return item;
    std::abort();
}

bool same(const std::optional<imap::FetchResponseHead>& a,
          const std::optional<imap::FetchResponseHead>& b) {
    if (!a || !b) return a.has_value() == b.has_value();
    return a->number == b->number && a->uid == b->uid && a->announced.item == b->announced.item &&
           a->announced.section == b->announced.section &&
           a->announced.origin == b->announced.origin && a->literal == b->literal &&
           a->is_value == b->is_value;
}

}  // namespace

/// Where a whole response is read, the head of each of its literals says the same of it, read
/// at once or as it grew.
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
    imap::FetchHeadReader reader;
    std::size_t octets = 0;
    while (const auto frame = framer.next()) {
        octets += frame->octets.size();
        if (!frame->announces) continue;
        const auto so_far = response.substr(0, octets);
        const auto head = reader.read(so_far);
        require(same(head, imap::read_fetch_response_head(so_far)));
        if (!head) continue;
        require(head->literal == frame->announces->octets);
        const auto& item = item_at(*whole, response.data() + octets);
        require(head->announced.item == item.item);
        const bool value_is_literal = item.value.starts_with('{') || item.value.starts_with("~{");
        require(!head->is_value || value_is_literal);
        if (head->is_value) require(head->announced.section == item.section);
        if (head->is_value) require(head->announced.origin == item.origin);
    }
    return 0;
}
