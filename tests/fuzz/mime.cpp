// A message's parts, and all items that a client can ask of it. They agree with each other, and
// each is one value of the IMAP grammar.

#include "smime/mime.hpp"

#include <cstdint>
#include <cstdlib>

#include "imap/body_structure.hpp"
#include "proxy/limits.hpp"
#include "proxy/message_items.hpp"
#include "smime/limits.hpp"

namespace {

void check(bool holds) {
    if (!holds) std::abort();
}

void check_parts(const smime::MimeStructure& structure, std::size_t size) {
    const auto& parts = structure.parts();
    check(!parts.empty() && parts.size() <= smime::limits::mime_parts);
    check(parts[0].header_size + parts[0].body_size == size);
    for (std::size_t i = 1; i < parts.size(); ++i) {
        const auto& part = parts[i];
        const auto& parent = parts.at(part.parent);
        check(part.parent < i);
        check(part.header_offset >= parent.body_offset);
        check(part.header_offset + part.header_size <= part.body_offset);
        check(part.body_offset + part.body_size <= parent.body_offset + parent.body_size);
        check(part.body_lines <= parent.body_lines);
        if (const auto* next = structure.part(part.next_sibling))
            check(next->parent == part.parent &&
                  next->header_offset >= part.body_offset + part.body_size);
    }
}

std::string answer(const proxy::MessageItems& items, const std::string& item) {
    imap::Cursor in{item};
    const auto name = imap::read_message_data_item_name(in);
    check(name && in.at_end());
    imap::Writer out;
    items.write(out, *name);
    auto octets = out.take();
    check(octets.find("] ~{") != std::string::npos || octets.find('\0') == std::string::npos);
    const auto name_end =
        octets.find(' ', item.find('[') == std::string::npos ? 0 : octets.find(']'));
    imap::Cursor value{std::string_view{octets}.substr(name_end + 1)};
    check(value.any_value() && value.at_end());
    return octets;
}

/// The literal's octets.
std::string text(const proxy::MessageItems& items, const std::string& item) {
    const auto whole = answer(items, item);
    return whole.substr(whole.find("}\r\n") + 3);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* octets, std::size_t size) {
    const std::string_view message{reinterpret_cast<const char*>(octets), size};
    const auto header = smime::header_size(message);
    check_parts(smime::MimeStructure{message.substr(0, header), message.substr(header)}, size);

    const proxy::MessageItems items{smime::View{
        std::string{message.substr(0, header)},
        keystore::SecretBytes{keystore::BytesView{octets, size}}, header, size - header}};
    check(answer(items, "RFC822.SIZE") == "RFC822.SIZE " + std::to_string(size));
    const auto whole = text(items, "BODY[]");
    check(whole.size() == size);
    check(text(items, "BODY[HEADER]") + text(items, "BODY[TEXT]") == whole);
    check(text(items, "RFC822") == whole);
    const auto half = std::to_string(size / 2 + 1);
    check(text(items, "BODY[]<0." + half + ">") +
              text(items, "BODY[]<" + half + "." + half + ">") ==
          whole);
    for (const auto* const item :
         {"ENVELOPE", "BODY[1]", "BODY[1.MIME]", "BODY[2]", "BODY[1.1.HEADER]", "BODY[2.TEXT]<3.5>",
          "BODY[HEADER.FIELDS (From Subject)]", "BODY[1.HEADER.FIELDS.NOT (From)]"})
        answer(items, item);

    check(text(items, "BINARY[]") == message);
    for (const std::string part : {"1", "2", "1.1", "2.1"}) {
        const auto decoded = answer(items, "BINARY[" + part + "]");
        const auto size_of = answer(items, "BINARY.SIZE[" + part + "]");
        if (decoded.ends_with(" NIL")) continue;
        const auto announced = decoded.find('{') + 1;
        check(size_of.ends_with(" " + decoded.substr(announced, decoded.find('}') - announced)));
    }
    const auto preview = answer(items, "PREVIEW");
    check(preview.size() <= 4 * proxy::limits::preview_characters + 20);

    const auto body = answer(items, "BODYSTRUCTURE");
    answer(items, "BODY");
    imap::Cursor in{std::string_view{body}.substr(std::string_view{"BODYSTRUCTURE "}.size())};
    const auto structure = imap::read_body_structure(in);
    check(structure && in.at_end());
    if (!structure->is_multipart()) check(structure->octets == size - header);
    return 0;
}
