#pragma once

#include <algorithm>
#include <functional>
#include <utility>

#include "tests/smime/der_tree.hpp"

/// Every way to damage one field of a CMS structure.
namespace mutations {

using keystore::Bytes;
using keystore::BytesView;

/// Elements as they stand in octets, outermost first.
inline void for_each_element(BytesView octets,
                             const std::function<void(const keystore::der::Element&)>& use) {
    keystore::der::Reader in{octets, keystore::der::Limits::ber()};
    while (const auto element = in.next()) {
        use(*element);
        if (element->tag.constructed) for_each_element(element->content, use);
    }
}

/// Lengths and tags that lie, where nothing else changes: what stands around still tells the truth.
inline void lies(BytesView octets, const std::function<void(const Bytes&)>& use) {
    for_each_element(octets, [&](const keystore::der::Element& element) {
        const auto at = static_cast<std::ptrdiff_t>(element.octets.data() - octets.data());
        const auto content = static_cast<std::ptrdiff_t>(element.content.data() - octets.data());
        const auto with = [&](std::ptrdiff_t from, std::ptrdiff_t to, const Bytes& instead) {
            Bytes damaged{octets.begin(), octets.begin() + from};
            der_tree::append(damaged, instead);
            der_tree::append(damaged, {octets.begin() + to, octets.end()});
            use(damaged);
        };
        const auto octet = [&](std::ptrdiff_t where, int change) {
            const int old = octets[static_cast<std::size_t>(where)];
            with(where, where + 1, {static_cast<std::uint8_t>(old + change)});
        };
        octet(content - 1, +1);
        octet(content - 1, -1);
        with(at + 1, content, {0x80});
        with(at + 1, content, {0x00});
        with(at + 1, content, {0x84, 0x7f, 0xff, 0xff, 0xff});
        with(at + 1, content, {0x88, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff});
        with(at, at + 1, {static_cast<std::uint8_t>(octets[static_cast<std::size_t>(at)] ^ 0x20)});
        with(at, at + 1, {static_cast<std::uint8_t>(octets[static_cast<std::size_t>(at)] ^ 0x80)});
        with(at, at + 1, {static_cast<std::uint8_t>(octets[static_cast<std::size_t>(at)] | 0x1f)});
        with(at, static_cast<std::ptrdiff_t>(octets.size()), {});
        with(content, static_cast<std::ptrdiff_t>(octets.size()), {});
    });
}

/// Fields that are missing, empty, doubled, something else: the lengths around them are right.
inline void fields(const der_tree::Node& root, const std::function<void(const Bytes&)>& use) {
    using der_tree::Node;
    using Children = std::vector<Node>;
    bool has_changed = false;
    const auto each = [&](const std::function<bool(Node&)>& change) {
        der_tree::for_each_change(
            root, [&](Node& node) { has_changed = change(node); },
            [&](const Node& changed) {
                if (has_changed) use(der_tree::write(changed, der_tree::Form::as_parsed));
            });
    };
    const auto each_child = [&](const std::function<void(Children&, Children::iterator)>& change) {
        bool is_any = true;
        for (Children::difference_type child = 0; is_any; ++child) {
            is_any = false;
            each([&](Node& node) {
                if (child >= std::ssize(node.children)) return false;
                change(node.children, node.children.begin() + child);
                return is_any = true;
            });
        }
    };
    const auto each_value = [&](const std::function<void(Bytes&)>& change) {
        each([&](Node& node) {
            if (node.content.empty()) return false;
            change(node.content);
            return true;
        });
    };
    each_child([](Children& all, Children::iterator child) { all.erase(child); });
    each_child([](Children& all, Children::iterator child) {
        const Node twin = *child;
        all.insert(child, twin);
    });
    each_child([](Children& all, Children::iterator child) {
        if (child != all.begin()) std::iter_swap(all.begin(), child);
    });
    each([](Node& node) {
        node.content.clear();
        node.children.clear();
        return true;
    });
    each([](Node& node) {
        node.tag = keystore::der::null;
        return true;
    });
    each([](Node& node) {
        node.tag.number ^= 1;
        return true;
    });
    each([](Node& node) {
        const Node inside = node;
        node = Node{keystore::der::sequence, {}, {inside}};
        return true;
    });
    each_value([](Bytes& content) { content.front() ^= 1; });
    each_value([](Bytes& content) { content.back() ^= 1; });
    each_value([](Bytes& content) { content[content.size() / 2] ^= 0x80; });
    each_value([](Bytes& content) { content.pop_back(); });
    each_value([](Bytes& content) { content.push_back(0); });
    each_value([](Bytes& content) { content.insert(content.begin(), 0); });
}

}  // namespace mutations
