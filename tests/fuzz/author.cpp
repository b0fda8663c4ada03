// Who a header says that its message is from.

#include "smime/author.hpp"

#include <cstdint>
#include <cstdlib>

#include "smime/date.hpp"

namespace {

void check(bool holds) {
    if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using Status = smime::Author::Status;
    const std::string_view text{reinterpret_cast<const char*>(data), size};
    for (const std::string& header : {std::string{text}, "From: " + std::string{text}}) {
        const auto author = smime::Author::read(header);
        if (author.status == Status::one || author.status == Status::display_name)
            check(author.address.has_value());
        if (!author.address) continue;
        // What it shows is the same address, and nothing that ends a line.
        const auto shown = author.address->text();
        const auto again = smime::MailAddress::parse(shown);
        check(again && *again == *author.address);
        check(shown.find_first_of(std::string_view{"\r\n\0", 3}) == shown.npos);
    }
    smime::read_date(text);
    return 0;
}
