#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "imap/capability.hpp"
#include "imap/mailbox_name.hpp"
#include "imap/response.hpp"
#include "imap/uid_validity.hpp"

/// A capability line's filter takes words out and changes nothing else; a second time it finds
/// none. Where a UIDVALIDITY is found there is one.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view line{reinterpret_cast<const char*>(data), size};
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
