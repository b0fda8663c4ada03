#pragma once

#include <vector>

#include "keystore/der.hpp"

/// A DER structure taken apart, so that tests can change it and put it together again.
namespace der_tree {

namespace der = keystore::der;

struct Node {
    der::Tag tag;
    keystore::Bytes content;  ///< of a primitive one
    std::vector<Node> children;
    bool indefinite = false;  ///< was, where it was parsed from
};

inline Node parse(const der::Element& element) {
    Node node{element.tag, {}, {}, element.indefinite};
    if (!element.tag.constructed) {
        node.content.assign(element.content.begin(), element.content.end());
        return node;
    }
    der::Reader in = der::Reader::inside(element, der::Limits::ber());
    while (const auto child = in.next()) node.children.push_back(parse(*child));
    return node;
}

inline Node parse(keystore::BytesView octets) {
    der::Reader in{octets, der::Limits::ber()};
    return parse(in.next().value());
}

/// How a tree is written down.
enum class Form {
    definite,
    long_lengths,  ///< four octets of length everywhere
    indefinite,    ///< whatever is constructed
    in_pieces,     ///< the same, and every OCTET STRING cut into pieces, some of them nested
    as_parsed,     ///< indefinite what was
};

/// Octet by octet: g++ 14 takes an insert of a range for an overflow (-Wstringop-overflow).
inline void append(keystore::Bytes& out, const keystore::Bytes& more) {
    for (const auto octet : more) out.push_back(octet);
}

inline keystore::Bytes element(der::Tag tag, const keystore::Bytes& content, Form form) {
    keystore::Bytes out{
        static_cast<std::uint8_t>(tag.class_bits | (tag.constructed ? 0x20 : 0) | tag.number)};
    const bool indefinite =
        tag.constructed && (form == Form::indefinite || form == Form::in_pieces);
    if (indefinite) {
        out.push_back(0x80);
        append(out, content);
        append(out, {0, 0});
        return out;
    }
    if (form == Form::long_lengths) {
        out.push_back(0x84);
        for (int shift = 24; shift >= 0; shift -= 8)
            out.push_back(static_cast<std::uint8_t>(content.size() >> shift));
        append(out, content);
        return out;
    }
    der::Writer writer;
    writer.element(tag, content);
    return writer.take();
}

/// The pieces of a string, one of them in a constructed string of its own.
inline keystore::Bytes pieces(const keystore::Bytes& content) {
    keystore::Bytes out;
    for (std::size_t at = 0, size = 1; at < content.size(); at += size, size = size * 2 + 1) {
        const std::size_t end = std::min(content.size(), at + size);
        keystore::Bytes piece{content.begin() + static_cast<std::ptrdiff_t>(at),
                              content.begin() + static_cast<std::ptrdiff_t>(end)};
        piece = element(der::octet_string, piece, Form::definite);
        const der::Tag nested{0, 4, true};
        if (size == 3) piece = element(nested, piece, Form::definite);
        if (size == 7)
            piece = element(nested, element(nested, piece, Form::indefinite), Form::indefinite);
        append(out, piece);
    }
    return out;
}

inline keystore::Bytes write(const Node& node, Form form = Form::definite) {
    const auto own_form = [&] {
        if (form != Form::as_parsed) return form;
        return node.indefinite ? Form::indefinite : Form::definite;
    };
    keystore::Bytes content = node.content;
    der::Tag tag = node.tag;
    for (const Node& child : node.children) append(content, write(child, form));
    const bool is_string = tag == der::octet_string || (tag.class_bits == 0x80 && !tag.constructed);
    if (form == Form::in_pieces && is_string) {
        content = pieces(content);
        tag.constructed = true;
    }
    return element(tag, content, own_form());
}

/// Calls change with each node in turn, in a tree of its own, and then use with that tree.
template <class Change, class Use>
void for_each_change(const Node& root, Change change, Use use) {
    const auto count = [](const auto& self, const Node& node) -> std::size_t {
        std::size_t sum = 1;
        for (const Node& child : node.children) sum += self(self, child);
        return sum;
    };
    const auto find = [](const auto& self, Node& node, std::size_t& left) -> Node* {
        if (left-- == 0) return &node;
        for (Node& child : node.children)
            if (Node* found = self(self, child, left)) return found;
        return nullptr;
    };
    const std::size_t nodes = count(count, root);
    for (std::size_t i = 0; i < nodes; ++i) {
        Node copy = root;
        std::size_t left = i;
        change(*find(find, copy, left));
        use(copy);
    }
}

}  // namespace der_tree
