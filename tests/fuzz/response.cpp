#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "imap/capability.hpp"
#include "imap/response.hpp"

/// A capability line's filter takes words out and changes nothing else; a second time it finds
/// none.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view line{reinterpret_cast<const char*>(data), size};
    const auto response = imap::read_response(line);
    const auto filtered = imap::filter_capability_line(line);
    const bool has_list = response && (response->kind == imap::Response::Kind::capability ||
                                       response->code == "CAPABILITY");
    if (!has_list && filtered != line) std::abort();
    if (filtered.size() > line.size()) std::abort();
    if (imap::filter_capability_line(filtered) != filtered) std::abort();
    return 0;
}
