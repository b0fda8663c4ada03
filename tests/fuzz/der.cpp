#include <cstdlib>

#include "keystore/der.hpp"

using namespace keystore;

namespace {

/// What must hold whatever the input: elements stand in order within it and fill it.
void walk(BytesView input, der::Limits limits) {
    std::vector<der::Reader> open{der::Reader{input, limits}};
    std::size_t steps = 0;
    while (!open.empty() && ++steps < 100'000) {
        const auto element = open.back().next();
        if (!element) {
            open.pop_back();
            continue;
        }
        if (element->octets.data() < input.data() ||
            element->octets.data() + element->octets.size() > input.data() + input.size() ||
            element->content.size() + 2 > element->octets.size())
            std::abort();
        const auto pieces = der::string_pieces(*element, limits);
        const auto joined = der::string_octets(*element, limits);
        if (pieces.has_value() != joined.has_value()) std::abort();
        std::size_t size = 0;
        if (pieces)
            for (const BytesView piece : *pieces) size += piece.size();
        if (joined && joined->size() != size) std::abort();
        der::oid_text(element->content);
        if (element->tag.constructed)
            open.push_back(der::Reader::inside(*element, limits, static_cast<int>(open.size())));
    }
}

/// DER has one encoding: what was read and is written again is the same.
void write_again(BytesView input) {
    der::Reader in{input, der::Limits::der()};
    const auto element = in.next();
    if (!element) return;
    der::Writer out;
    out.element(element->tag, element->content);
    if (out.octets() != Bytes(element->octets.begin(), element->octets.end())) std::abort();
}

void read_values(BytesView input, der::Limits limits) {
    der::Reader in{input, limits};
    while (in.small_integer() || in.integer_octets() || in.oid() || in.boolean() ||
           in.enter(der::sequence) || in.enter_context(0) || in.next())
        ;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* octets, std::size_t size) {
    const BytesView input{octets, size};
    for (const der::Limits limits : {der::Limits::der(), der::Limits::ber()}) {
        walk(input, limits);
        read_values(input, limits);
    }
    write_again(input);
    return 0;
}
