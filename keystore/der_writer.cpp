#include <charconv>
#include <stdexcept>

#include "keystore/der.hpp"
#include "keystore/der_header.hpp"

namespace keystore::der {
namespace {

/// Base 128, most significant first, all but the last with the high bit (X.690, 8.1.2.4 and 8.19).
void append_base128(Bytes& out, std::uint64_t value) {
    int shift = 0;
    while (shift < 63 && value >> shift >> 7 != 0) shift += 7;
    for (; shift > 0; shift -= 7)
        out.push_back(static_cast<std::uint8_t>(0x80 | (value >> shift & 0x7f)));
    out.push_back(static_cast<std::uint8_t>(value & 0x7f));
}

void append_length(Bytes& out, std::size_t length) {
    if (length < 0x80) {
        out.push_back(static_cast<std::uint8_t>(length));
        return;
    }
    int octets = 1;
    while (octets < 8 && length >> (8 * octets) != 0) ++octets;
    out.push_back(static_cast<std::uint8_t>(0x80 | octets));
    while (octets-- > 0) out.push_back(static_cast<std::uint8_t>(length >> (8 * octets) & 0xff));
}

}  // namespace

Bytes element_header(Tag tag, std::size_t length) {
    Bytes out;
    const int first = tag.class_bits | (tag.constructed ? 0x20 : 0);
    if (tag.number < 0x1f) {
        out.push_back(static_cast<std::uint8_t>(first | static_cast<int>(tag.number)));
    } else {
        out.push_back(static_cast<std::uint8_t>(first | 0x1f));
        append_base128(out, tag.number);
    }
    append_length(out, length);
    return out;
}

void Writer::element(Tag tag, BytesView content) {
    raw(element_header(tag, content.size()));
    raw(content);
}

void Writer::oid(std::string_view dotted) {
    Bytes content;
    std::uint64_t root = 0;
    const char* at = dotted.data();
    const char* const end = at + dotted.size();
    for (int arcs = 0; at != end; ++arcs) {
        std::uint64_t arc = 0;
        const auto [next, error] = std::from_chars(at, end, arc);
        if (error != std::errc{} || (next != end && *next != '.'))
            throw std::invalid_argument{"not an object identifier: " + std::string{dotted}};
        if (arcs == 0)
            root = arc;
        else
            append_base128(content, arcs == 1 ? root * 40 + arc : arc);
        at = next == end ? end : next + 1;
    }
    element(der::oid, content);
}

void Writer::integer(std::uint64_t value) {
    Bytes octets(8);
    for (std::size_t i = 0; i < 8; ++i)
        octets[i] = static_cast<std::uint8_t>(value >> (56 - 8 * i) & 0xff);
    unsigned_integer(octets);
}

void Writer::unsigned_integer(BytesView magnitude) {
    while (!magnitude.empty() && magnitude.front() == 0) magnitude = magnitude.subspan(1);
    Bytes content;
    if (magnitude.empty() || magnitude.front() >= 0x80) content.push_back(0);
    content.insert(content.end(), magnitude.begin(), magnitude.end());
    element(der::integer, content);
}

void Writer::raw(BytesView der) {
    out_.insert(out_.end(), der.begin(), der.end());
}

void Writer::null() {
    element(der::null, {});
}

Bytes Writer::take() {
    return std::move(out_);
}

}  // namespace keystore::der
