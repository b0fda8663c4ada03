#include "smime/canonical.hpp"

#include <algorithm>

#include "smime/limits.hpp"

namespace smime {

namespace der = keystore::der;

namespace {

std::optional<keystore::Bytes> to_der(const der::Element& element, der::Tag tag, int depth);

/// The order of the elements of a SET OF (X.690, 11.6).
bool stands_before(const keystore::Bytes& a, const keystore::Bytes& b) {
    return std::lexicographical_compare(a.begin(), a.end(), b.begin(), b.end());
}

/// The content octets of a constructed element: its elements in DER, those of a SET in order.
std::optional<keystore::Bytes> content_to_der(const der::Element& element, bool in_order,
                                              int depth) {
    if (depth == der::Limits::ber().depth) return std::nullopt;
    std::vector<keystore::Bytes> parts;
    der::Reader in = der::Reader::inside(element, der::Limits::ber(), depth);
    while (!in.at_end()) {
        const auto part = in.next();
        if (!part) return std::nullopt;
        auto octets = to_der(*part, part->tag, depth + 1);
        if (!octets) return std::nullopt;
        parts.push_back(std::move(*octets));
    }
    if (in_order) std::sort(parts.begin(), parts.end(), stands_before);
    keystore::Bytes content;
    for (const auto& part : parts) content.insert(content.end(), part.begin(), part.end());
    return content;
}

bool is_constructed_string(const der::Tag& tag) {
    return tag.class_bits == 0 && tag.constructed && tag != der::sequence && tag != der::set;
}

/// The element in DER, under a tag that may be another one than its own.
std::optional<keystore::Bytes> to_der(const der::Element& element, der::Tag tag, int depth) {
    der::Writer out;
    if (!element.tag.constructed) {
        out.element(tag, element.content);
    } else if (is_constructed_string(tag)) {
        const auto octets = der::string_octets(element, der::Limits::ber());
        if (!octets) return std::nullopt;
        tag.constructed = false;
        out.element(tag, *octets);
    } else {
        const auto content = content_to_der(element, tag == der::set, depth);
        if (!content) return std::nullopt;
        out.element(tag, *content);
    }
    return out.take();
}

}  // namespace

std::optional<keystore::Bytes> to_der(const der::Element& element) {
    if (element.content.size() > limits::canonical) return std::nullopt;
    return to_der(element, element.tag, 0);
}

std::optional<keystore::Bytes> der_set_of(const der::Element& attributes) {
    if (attributes.content.size() > limits::canonical || !attributes.tag.constructed)
        return std::nullopt;
    return to_der(attributes, der::set, 0);
}

}  // namespace smime
