#include "proxy/message_items_binary.hpp"

#include <algorithm>
#include <array>

#include "proxy/message_items_structure.hpp"
#include "smime/base64.hpp"

namespace proxy {
namespace {

enum class Encoding { identity, base64, quoted_printable, unknown };

Encoding encoding_of(const smime::View& view, const smime::MimePart& part) {
    if (!part.is_mime || part.kind != smime::MimePart::Kind::single) return Encoding::identity;
    const auto name =
        smime::read_content_fields(header_of(view, part)).transfer_encoding.value_or("7bit");
    if (smime::same_name(name, "base64")) return Encoding::base64;
    if (smime::same_name(name, "quoted-printable")) return Encoding::quoted_printable;
    constexpr std::array identities{"7bit", "8bit", "binary"};
    const bool known = std::any_of(identities.begin(), identities.end(), [&](const char* identity) {
        return smime::same_name(name, identity);
    });
    return known ? Encoding::identity : Encoding::unknown;
}

/// The part whose octets are asked for without their encoding; null for a header or a whole
/// message.
const smime::MimePart* encoded_part(const smime::MimeStructure& structure,
                                    const imap::SectionSpec& section) {
    if (section.text != imap::SectionText::none || section.part.empty()) return nullptr;
    return find_part(structure, section.part);
}

std::string joined(const MessageOctets& octets) {
    return std::string{octets.head}.append(octets.tail);
}

}  // namespace

std::optional<BinaryOctets> binary_octets(const smime::View& view,
                                          const smime::MimeStructure& structure,
                                          const imap::SectionSpec& section) {
    BinaryOctets binary;
    binary.octets = section_octets(view, structure, section).value_or(MessageOctets{});
    binary.is_decoded = section == imap::SectionSpec{};  // a literal8, to Dovecot
    const auto* const part = encoded_part(structure, section);
    const auto encoding = part ? encoding_of(view, *part) : Encoding::identity;
    if (encoding == Encoding::unknown) return std::nullopt;
    if (encoding == Encoding::identity) return binary;

    // A body stands in one piece but where a header has no end.
    const bool in_pieces = !binary.octets.tail.empty() && !binary.octets.head.empty();
    const auto whole = in_pieces ? joined(binary.octets) : std::string{};
    const auto text = in_pieces                    ? std::string_view{whole}
                      : binary.octets.head.empty() ? binary.octets.tail
                                                   : binary.octets.head;
    binary.decoded = encoding == Encoding::base64 ? smime::decode_base64(text).octets
                                                  : smime::decode_quoted_printable(text).octets;
    binary.is_decoded = !text.empty();
    binary.octets = {binary.decoded.expose_text(), {}};
    return binary;
}

bool knows_encoding(const smime::View& view, const smime::MimeStructure& structure,
                    const imap::SectionSpec& section) {
    const auto* const part = encoded_part(structure, section);
    return !part || encoding_of(view, *part) != Encoding::unknown;
}

}  // namespace proxy
