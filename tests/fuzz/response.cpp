#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <vector>

#include "imap/capability.hpp"
#include "imap/mailbox_name.hpp"
#include "imap/response.hpp"
#include "imap/search_response.hpp"
#include "imap/uid_validity.hpp"

namespace {

/// Threads are read from what they are written as; a result has no more than its line names.
void check_search(std::string_view line) {
    imap::read_search_response(line);
    const auto threads = imap::read_thread_response(line);
    if (!threads) return;
    const auto text = threads->text();
    const auto again = imap::read_thread_response(text + "\r\n");
    if (!again || again->text() != text) std::abort();
    std::vector<bool> keep;
    std::size_t kept = 0;
    for (const auto& message : threads->messages) {
        keep.push_back(message.number % 2 == 1);
        if (keep.back()) ++kept;
    }
    for (const bool by_subject : {false, true}) {
        const auto only = threads->only(keep, by_subject);
        for (const auto& message : only.messages)
            if (message.number % 2 == 1) --kept;
        if (kept != 0 || !imap::read_thread_response(only.text() + "\r\n")) std::abort();
        for (const auto& message : only.messages)
            if (message.number % 2 == 1) ++kept;
    }
}

}  // namespace

/// A capability line's filter takes words out and changes nothing else; a second time it finds
/// none. Where a UIDVALIDITY is found there is one.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view line{reinterpret_cast<const char*>(data), size};
    check_search(line);
    const auto response = imap::read_response(line);
    const auto filtered = imap::filter_capability_line(line);
    const bool has_list = response && (response->kind == imap::Response::Kind::capability ||
                                       response->code == "CAPABILITY");
    if (!has_list && filtered != line) std::abort();
    if (filtered.size() > line.size()) std::abort();
    if (imap::filter_capability_line(filtered) != filtered) std::abort();

    // A UIDVALIDITY put back in its place changes nothing, another one nothing but it.
    const auto check = [&](const imap::UidValidityPlace& place) {
        if (imap::with_uid_validity(line, place, place.value) != line) std::abort();
        const auto other = imap::with_uid_validity(line, place, imap::UidValidity{1234567890});
        if (other.size() != line.size() - place.size + 10) std::abort();
    };
    const auto code = response ? imap::find_code_uid_validity(line, *response) : std::nullopt;
    if (code) check(*code);
    if (const auto status = imap::find_status_uid_validity(line)) {
        check(status->place);
        imap::mailbox_name(status->mailbox);
    }
    return 0;
}
