#include "proxy/epoch_records.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

/// What is read of a file is written, and read again as the same; a file that is damaged gives no
/// value that is lower than one in it.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text{reinterpret_cast<const char*>(data), size};
    bool intact = false;
    auto records = proxy::EpochRecords::read(text, intact);
    const auto again = proxy::EpochRecords::read(records.text(), intact);
    if (!intact || again.mailboxes() != records.mailboxes()) std::abort();

    constexpr std::uint32_t now = 1'800'000'000;
    records.doubt(now);
    for (const auto& [mailbox, epochs] : again.mailboxes()) {
        for (const auto& epoch : epochs) {
            const auto value = records.presented(mailbox, "now", epoch.server, now);
            const bool is_end = value.value() < 100;  // there is no greater value
            if (value <= epoch.presented && !is_end) std::abort();
            const auto server = records.server_of(mailbox, "now", value, now);
            if (server != epoch.server) std::abort();
        }
    }
    return 0;
}
