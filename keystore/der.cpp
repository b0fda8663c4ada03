#include "keystore/der.hpp"

#include <algorithm>
#include <limits>

#include "keystore/limits.hpp"

namespace keystore::der {
namespace {

constexpr std::uint8_t constructed_bit = 0x20;

/// Identifier and length octets.
struct Header {
    Tag tag;
    std::size_t size = 0;    ///< of the header itself
    std::size_t length = 0;  ///< of the content, if not indefinite
    bool indefinite = false;
};

bool is_string(std::uint32_t number) {
    return number == 3 || number == 4 || number == 12 || (number >= 18 && number <= 22) ||
           (number >= 25 && number <= 30);
}

/// True if a universal type may stand in this form (X.690, 8.2 to 8.23 and 10.2).
bool form_fits(const Tag& tag, bool strict) {
    if (tag.class_bits != 0) return true;
    switch (tag.number) {
        case 0:  // end-of-contents stands only where the walk expects it
            return false;
        case 1:   // BOOLEAN
        case 2:   // INTEGER
        case 5:   // NULL
        case 6:   // OBJECT IDENTIFIER
        case 9:   // REAL
        case 10:  // ENUMERATED
        case 13:  // RELATIVE-OID
            return !tag.constructed;
        case 8:   // EXTERNAL
        case 11:  // EMBEDDED PDV
        case 16:  // SEQUENCE
        case 17:  // SET
            return tag.constructed;
        default:
            return !(strict && tag.constructed && is_string(tag.number));
    }
}

/// Identifier octets (X.690, 8.1.2). size says how many they were.
std::optional<Tag> read_tag(BytesView in, std::size_t& size) {
    if (in.empty()) return std::nullopt;
    Tag tag;
    tag.class_bits = in[0] & 0xc0;
    tag.constructed = (in[0] & constructed_bit) != 0;
    tag.number = in[0] & 0x1f;
    size = 1;
    if (tag.number != 0x1f) return tag;

    tag.number = 0;
    while (size < in.size() && size <= 4) {
        const std::uint8_t octet = in[size++];
        if (size == 2 && octet == 0x80) return std::nullopt;
        tag.number = tag.number << 7 | (octet & 0x7fU);
        if ((octet & 0x80) == 0) {
            if (tag.number < 0x1f) return std::nullopt;
            return tag;
        }
    }
    return std::nullopt;
}

std::optional<Header> read_header(BytesView in, bool strict) {
    Header header;
    const auto tag = read_tag(in, header.size);
    if (!tag || header.size >= in.size()) return std::nullopt;
    header.tag = *tag;

    const std::uint8_t first = in[header.size++];
    if (first < 0x80) {
        header.length = first;
        return header;
    }
    if (first == 0x80) {
        if (strict || !header.tag.constructed) return std::nullopt;
        header.indefinite = true;
        return header;
    }
    std::size_t count = first & 0x7fU;
    if (first == 0xff || count > in.size() - header.size) return std::nullopt;
    if (strict && in[header.size] == 0) return std::nullopt;
    for (; count != 0; --count) {
        if (header.length > limits::der_element) return std::nullopt;
        header.length = header.length << 8 | in[header.size++];
    }
    if (strict && header.length < 0x80) return std::nullopt;
    return header;
}

bool is_end_of_contents(BytesView in) {
    return in.size() >= 2 && in[0] == 0 && in[1] == 0;
}

/// The size of the content of an element of indefinite length, without its end-of-contents octets.
/// What stands in it with a definite length is stepped over: it is checked when it is entered.
std::optional<std::size_t> indefinite_size(BytesView in, int depth_left) {
    std::size_t at = 0;
    for (int open = 1;;) {
        const BytesView rest = in.subspan(at);
        if (is_end_of_contents(rest)) {
            if (--open == 0) return at;
            at += 2;
            continue;
        }
        const auto header = read_header(rest, false);
        if (!header || !form_fits(header->tag, false)) return std::nullopt;
        at += header->size;
        if (header->indefinite) {
            if (++open > depth_left) return std::nullopt;
            continue;
        }
        if (header->length > in.size() - at) return std::nullopt;
        at += header->length;
    }
}

std::optional<Element> read_element(BytesView in, Limits limits, int depth) {
    const auto header = read_header(in, limits.strict);
    if (!header || !form_fits(header->tag, limits.strict)) return std::nullopt;
    const BytesView rest = in.subspan(header->size);

    Element element;
    element.tag = header->tag;
    element.indefinite = header->indefinite;
    std::size_t end = 0;
    if (header->indefinite) {
        const auto size = indefinite_size(rest, limits.depth - depth);
        if (!size || *size > limits::der_element) return std::nullopt;
        element.content = rest.first(*size);
        end = *size + 2;
    } else {
        if (header->length > rest.size() || header->length > limits::der_element)
            return std::nullopt;
        element.content = rest.first(header->length);
        end = header->length;
    }
    element.octets = in.first(header->size + end);
    return element;
}

}  // namespace

Reader::Reader(BytesView input, Limits limits) : rest_{input}, limits_{limits} {}

Reader Reader::inside(const Element& element, Limits limits, int depth_used) {
    Reader reader{element.content, limits};
    reader.depth_ = depth_used;
    reader.malformed_ = depth_used > limits.depth || !element.tag.constructed;
    return reader;
}

bool Reader::at_end() const {
    return rest_.empty() && !malformed_;
}
bool Reader::malformed() const {
    return malformed_;
}

std::optional<Tag> Reader::peek() const {
    std::size_t size = 0;
    return malformed_ ? std::nullopt : read_tag(rest_, size);
}

std::optional<Element> Reader::next() {
    if (malformed_ || rest_.empty()) return std::nullopt;
    auto element = read_element(rest_, limits_, depth_);
    if (!element) {
        malformed_ = true;
        return std::nullopt;
    }
    rest_ = rest_.subspan(element->octets.size());
    return element;
}

std::optional<Element> Reader::next(Tag tag) {
    auto ahead = peek();
    if (!ahead) return std::nullopt;
    // BER: every string may come in pieces.
    if (!limits_.strict && tag.class_bits == 0 && is_string(tag.number)) ahead->constructed = false;
    return *ahead == tag ? next() : std::nullopt;
}

std::optional<Element> Reader::next_context(std::uint32_t number) {
    const auto ahead = peek();
    const bool fits = ahead && ahead->class_bits == 0x80 && ahead->number == number;
    return fits ? next() : std::nullopt;
}

std::optional<Reader> Reader::enter(Tag tag) {
    if (peek() != tag) return std::nullopt;
    if (depth_ >= limits_.depth) malformed_ = true;
    const auto element = next();
    if (!element) return std::nullopt;
    return inside(*element, limits_, depth_ + 1);
}

std::optional<Reader> Reader::enter_context(std::uint32_t number) {
    return enter(context(number, true));
}

std::optional<BytesView> Reader::integer_octets() {
    Reader ahead = *this;
    const auto element = ahead.next(integer);
    if (!element) {
        malformed_ = ahead.malformed_;
        return std::nullopt;
    }
    const BytesView octets = element->content;
    // X.690, 8.3.2: the first nine bits are not all alike. BER writers err here, serial numbers
    // show.
    const bool padded = octets.size() > 1 && ((octets[0] == 0x00 && octets[1] < 0x80) ||
                                              (octets[0] == 0xff && octets[1] >= 0x80));
    if (octets.empty() || (limits_.strict && padded)) {
        malformed_ = true;
        return std::nullopt;
    }
    *this = ahead;
    return octets;
}

std::optional<std::uint64_t> Reader::small_integer() {
    Reader ahead = *this;
    const auto octets = ahead.integer_octets();
    malformed_ = ahead.malformed_;
    if (!octets || octets->front() >= 0x80) return std::nullopt;
    std::uint64_t value = 0;
    for (const std::uint8_t octet : *octets) {
        if (value >> 55 != 0) return std::nullopt;
        value = value << 8 | octet;
    }
    *this = ahead;
    return value;
}

std::optional<std::string> Reader::oid() {
    Reader ahead = *this;
    const auto element = ahead.next(der::oid);
    malformed_ = ahead.malformed_;
    if (!element) return std::nullopt;
    auto text = oid_text(element->content);
    if (text) *this = ahead;
    return text;
}

std::optional<bool> Reader::boolean() {
    Reader ahead = *this;
    const auto element = ahead.next(der::boolean);
    malformed_ = ahead.malformed_;
    if (!element) return std::nullopt;
    const BytesView octets = element->content;
    if (octets.size() != 1 || (limits_.strict && octets[0] != 0 && octets[0] != 0xff)) {
        malformed_ = true;
        return std::nullopt;
    }
    *this = ahead;
    return octets[0] != 0;
}

namespace {

/// Calls take with each primitive piece of a string, in order. One pass, whatever the nesting: the
/// extent of the whole is known.
template <class Take>
bool for_each_piece(const Element& element, Limits limits, Take take) {
    if (!element.tag.constructed) {
        take(element.content);
        return true;
    }
    const std::uint32_t type = element.tag.class_bits == 0 ? element.tag.number : 4;
    if (limits.strict || !is_string(type) || type == 3) return false;

    // Where the constructed strings end that we stand in; an indefinite one ends no later than the
    // one around it.
    struct Open {
        std::size_t end;
        bool indefinite;
    };
    const BytesView in = element.content;
    std::vector<Open> open{{in.size(), false}};
    std::size_t at = 0;
    for (;;) {
        const Open inner = open.back();
        if (!inner.indefinite && at == inner.end) {
            open.pop_back();
            if (open.empty()) return true;
            continue;
        }
        const BytesView rest = in.subspan(at, inner.end - at);
        if (inner.indefinite && is_end_of_contents(rest)) {
            open.pop_back();
            at += 2;
            continue;
        }
        const auto header = read_header(rest, false);
        if (!header || header->tag.class_bits != 0 || header->tag.number != type) return false;
        at += header->size;
        const std::size_t left = inner.end - at;
        if (!header->indefinite && header->length > left) return false;
        if (!header->tag.constructed) {
            take(in.subspan(at, header->length));
            at += header->length;
            continue;
        }
        if (open.size() >= static_cast<std::size_t>(limits.depth)) return false;
        open.push_back({header->indefinite ? inner.end : at + header->length, header->indefinite});
    }
}

}  // namespace

std::optional<std::vector<BytesView>> string_pieces(const Element& element, Limits limits) {
    std::vector<BytesView> pieces;
    bool too_many = false;
    const bool whole = for_each_piece(element, limits, [&](BytesView piece) {
        if (piece.empty() || too_many) return;
        too_many = pieces.size() >= limits::string_pieces;
        if (!too_many) pieces.push_back(piece);
    });
    if (!whole || too_many) return std::nullopt;
    return pieces;
}

std::optional<Bytes> string_octets(const Element& element, Limits limits) {
    Bytes octets;
    octets.reserve(element.content.size());
    const bool whole = for_each_piece(element, limits, [&](BytesView piece) {
        octets.insert(octets.end(), piece.begin(), piece.end());
    });
    if (!whole) return std::nullopt;
    return octets;
}

std::optional<std::string> oid_text(BytesView content) {
    if (content.empty() || content.back() >= 0x80) return std::nullopt;
    std::string text;
    std::size_t arcs = 0;
    std::uint64_t arc = 0;
    bool first_octet = true;
    for (const std::uint8_t octet : content) {
        if (first_octet && octet == 0x80) return std::nullopt;  // X.690, 8.19.2
        if (arc > std::numeric_limits<std::uint64_t>::max() >> 7) return std::nullopt;
        arc = arc << 7 | (octet & 0x7fU);
        first_octet = octet < 0x80;
        if (!first_octet) continue;
        if (arcs == 0) {  // two arcs in one (X.690, 8.19.4)
            const std::uint64_t root = std::min<std::uint64_t>(arc / 40, 2);
            text = std::to_string(root);
            arc -= root * 40;
            arcs = 1;
        }
        if (++arcs > limits::oid_arcs) return std::nullopt;
        text += '.' + std::to_string(arc);
        arc = 0;
    }
    return text;
}

}  // namespace keystore::der
