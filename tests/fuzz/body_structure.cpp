#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "imap/body_structure.hpp"

/// What is read and written reads as what was written: once more changes nothing.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    imap::Cursor in{{reinterpret_cast<const char*>(data), size}};
    const auto structure = imap::read_body_structure(in);
    if (!structure) return 0;

    imap::Writer first;
    imap::write_body_structure(first, *structure);
    imap::Cursor again{first.octets()};
    const auto read = imap::read_body_structure(again);
    if (!read || !again.at_end()) std::abort();
    imap::Writer second;
    imap::write_body_structure(second, *read);
    imap::Cursor once_more{second.octets()};
    const auto last = imap::read_body_structure(once_more);
    if (!last || *last != *read) std::abort();

    imap::Writer body;
    imap::write_body(body, *structure);
    imap::Cursor of_body{body.octets()};
    if (!imap::read_body_structure(of_body) || !of_body.at_end()) std::abort();
    return 0;
}
