// A header's fields, and all that is read of their values. The octets of the fields are the header.

#include "smime/header.hpp"

#include <cstdint>
#include <cstdlib>

#include "smime/base64.hpp"
#include "smime/header_address.hpp"
#include "smime/limits.hpp"
#include "smime/mime.hpp"

namespace {

void check(bool holds) {
    if (!holds) std::abort();
}

bool within(std::string_view part, std::string_view whole) {
    return part.data() >= whole.data() && part.data() + part.size() <= whole.data() + whole.size();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* octets, std::size_t size) {
    const std::string_view text{reinterpret_cast<const char*>(octets), size};
    smime::HeaderScanner fields{text};
    std::size_t joined = 0;
    while (const auto field = fields.next()) {
        check(field->octets.data() == text.data() + joined && !field->octets.empty());
        joined += field->octets.size();
        check(field->name.empty() || within(field->name, field->octets));
        check(field->value.empty() || within(field->value, field->octets));
        const auto value = smime::folded_with_lf(*field);
        check(value.size() <= field->value.size());
        check(smime::unfolded(field->value).find('\n') == std::string::npos);
        const auto type = smime::read_content_type(value);
        check(type.parameters.size() <= smime::limits::parameters);
        check(type.parameters.empty() || type.well_formed);
        smime::decoded_parameter(type.parameters, "name");
        smime::read_content_disposition(value);
        smime::read_transfer_encoding(value);
        smime::read_content_language(value);
        smime::read_addresses(value);
    }
    check(joined <= fields.offset() && fields.offset() <= joined + 2);
    check(fields.offset() == smime::header_size(text));
    smime::read_content_fields(text);

    check(smime::decode_base64(text).octets.size() <= size / 4 * 3 + 2);
    check(smime::decode_quoted_printable(text).octets.size() <= size);
    const auto back = smime::decode_base64(smime::encode_base64({octets, size}));
    check(!back.junk && back.octets.expose_text() == text);
    return 0;
}
