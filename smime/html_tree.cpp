#include "smime/html_tree.hpp"

#include <gumbo.h>

#include <algorithm>
#include <csetjmp>
#include <cstddef>
#include <new>
#include <vector>

#include "smime/html_elements.hpp"
#include "smime/html_style.hpp"
#include "smime/limits.hpp"
#include "smime/utf8.hpp"

namespace smime {

namespace {

/// Arena gives gumbo its memory: bounded, wiped, and freed at once, since gumbo itself frees a tree
/// by a recursion as deep as the tree. Gumbo knows no failure of its allocator: where there is no
/// more, allocation jumps back to parse().
class Arena {
public:
    explicit Arena(std::size_t limit) : left_{limit} {}

    static void* allocate(void* arena, std::size_t size) {
        auto& self = *static_cast<Arena*>(arena);
        if (void* memory = self.take(size)) return memory;
        // No frame between here and parse() owns anything.
        std::longjmp(self.exhausted, 1);  // NOLINT(cert-err52-cpp)
    }
    static void free(void*, void*) {}

    std::jmp_buf exhausted;

private:
    static constexpr std::size_t block_size = 64 * 1024;
    static constexpr std::size_t alignment = alignof(std::max_align_t);

    /// Null if there is no more. Lets no exception into C.
    void* take(std::size_t size) noexcept try {
        size = (size + alignment - 1) / alignment * alignment;
        if (size > left_) return nullptr;
        left_ -= size;
        if (blocks_.empty() || size > blocks_.back().size() - used_) {
            blocks_.emplace_back(std::max(size, block_size));
            used_ = 0;
        }
        void* memory = blocks_.back().expose().data() + used_;
        used_ += size;
        return memory;
    } catch (const std::bad_alloc&) {
        return nullptr;
    }

    std::vector<keystore::SecretBytes> blocks_;
    std::size_t used_ = 0;  // of the last block
    std::size_t left_;
};

/// Null if the arena is too small. Owns nothing: a jump out of gumbo ends here.
const GumboOutput* parse(std::string_view html, Arena& arena) {
    GumboOptions options = kGumboDefaultOptions;
    options.allocator = &Arena::allocate;
    options.deallocator = &Arena::free;
    options.userdata = &arena;
    options.max_errors = 0;
    if (setjmp(arena.exhausted) != 0) return nullptr;  // NOLINT(cert-err52-cpp)
    return gumbo_parse_with_options(&options, html.data(), html.size());
}

/// DocumentWriter writes the nodes of a tree, in order, without recursion.
class DocumentWriter {
public:
    /// False if the document became too large.
    bool write(const GumboNode& root) {
        out_ += "<!DOCTYPE html>\n<html>";
        const GumboNode* node = &root;
        while (node && out_.size() <= limits::html_document) {
            enter(*node);
            if (const GumboNode* child = child_of(*node, 0)) {
                ++depth_;
                node = child;
                continue;
            }
            leave(*node);
            while (node != &root && !sibling_of(*node)) {
                node = node->parent;
                --depth_;
                leave(*node);
            }
            node = node == &root ? nullptr : sibling_of(*node);
        }
        out_ += "</html>";
        return out_.size() <= limits::html_document;
    }

    WipedText take() { return std::move(out_); }

private:
    static const GumboVector* children_of(const GumboNode& node) {
        if (node.type == GUMBO_NODE_ELEMENT) return &node.v.element.children;
        if (node.type == GUMBO_NODE_DOCUMENT) return &node.v.document.children;
        return nullptr;
    }
    static const GumboNode* child_of(const GumboNode& node, std::size_t index) {
        const GumboVector* children = children_of(node);
        if (!children || index >= children->length) return nullptr;
        return static_cast<const GumboNode*>(children->data[index]);
    }
    static const GumboNode* sibling_of(const GumboNode& node) {
        return child_of(*node.parent, node.index_within_parent + 1);
    }

    /// The element that is written for a node, or null.
    const HtmlElement* element_of(const GumboNode& node) const {
        if (node.type != GUMBO_NODE_ELEMENT || depth_ > limits::html_depth) return nullptr;
        if (node.v.element.tag_namespace != GUMBO_NAMESPACE_HTML) return nullptr;
        return find_html_element(gumbo_normalized_tagname(node.v.element.tag));
    }

    void enter(const GumboNode& node) {
        if (const HtmlElement* element = element_of(node)) {
            out_.append("<").append(element->name);
            write_attributes(node.v.element.attributes);
            out_ += '>';
            // A parser drops the line end that stands first in it (13.2.6.4.7).
            if (element->name == "pre") out_ += '\n';
        } else if (node.type == GUMBO_NODE_TEXT || node.type == GUMBO_NODE_WHITESPACE ||
                   node.type == GUMBO_NODE_CDATA) {
            write_text(node.v.text.text);
        }
    }

    void leave(const GumboNode& node) {
        const HtmlElement* element = element_of(node);
        if (element && !element->is_void) out_.append("</").append(element->name).append(">");
    }

    void write_attributes(const GumboVector& attributes) {
        for (std::size_t i = 0; i < attributes.length; ++i) {
            const auto& attribute = *static_cast<const GumboAttribute*>(attributes.data[i]);
            const std::string_view name = attribute.name;
            if (!is_harmless_attribute(name)) continue;
            const std::string style = name == "style" ? harmless_style(attribute.value) : "";
            if (name == "style" && style.empty()) continue;
            out_.append(" ").append(name).append("=\"");
            write_text(name == "style" ? std::string_view{style} : attribute.value);
            out_ += '"';
        }
    }

    void write_text(std::string_view text) {
        while (!text.empty()) {
            const auto at = text;
            const auto character = take_utf8_character(text);
            switch (character) {
                case '<':
                    out_ += "&lt;";
                    break;
                case '>':
                    out_ += "&gt;";
                    break;
                case '&':
                    out_ += "&amp;";
                    break;
                case '"':
                    out_ += "&quot;";
                    break;
                case replacement_character:
                    out_ += "\xef\xbf\xbd";
                    break;
                default:
                    if (character >= ' ' || character == '\n' || character == '\t')
                        out_.append(at.substr(0, at.size() - text.size()));
            }
        }
    }

    WipedText out_;
    int depth_ = 0;
};

/// Appends the text of a tree that has no elements but html, head and body.
void append_text(WipedText& out, const GumboNode& element) {
    const GumboVector& children = element.v.element.children;
    for (std::size_t i = 0; i < children.length; ++i) {
        const auto& child = *static_cast<const GumboNode*>(children.data[i]);
        if (child.type == GUMBO_NODE_TEXT || child.type == GUMBO_NODE_WHITESPACE)
            out += child.v.text.text;
    }
}

/// No character of text is a control, and line ends are those of the network.
WipedText cleaned(std::string_view text) {
    WipedText out;
    out.reserve(text.size() + text.size() / 16);
    while (!text.empty()) {
        const auto at = text;
        const auto character = take_utf8_character(text);
        if (character == '\n')
            out += "\r\n";
        else if (character == replacement_character)
            out += "\xef\xbf\xbd";
        else if (character >= ' ' || character == '\t')
            out.append(at.substr(0, at.size() - text.size()));
    }
    return out;
}

}  // namespace

std::optional<WipedText> html_document(std::string_view reduced) {
    Arena arena{limits::html_memory};
    const WipedText html = WipedText{"<!DOCTYPE html>"}.append(reduced);
    const GumboOutput* tree = parse(html, arena);
    DocumentWriter writer;
    if (!tree || !writer.write(*tree->root)) return std::nullopt;
    return writer.take();
}

std::optional<WipedText> plain_text(std::string_view reduced) {
    Arena arena{limits::html_memory};
    const WipedText html = WipedText{"<!DOCTYPE html><body>"}.append(reduced);
    const GumboOutput* tree = parse(html, arena);
    if (!tree) return std::nullopt;
    WipedText text;
    const GumboVector& children = tree->root->v.element.children;
    for (std::size_t i = 0; i < children.length; ++i) {
        const auto& child = *static_cast<const GumboNode*>(children.data[i]);
        if (child.type == GUMBO_NODE_ELEMENT) append_text(text, child);
    }
    return cleaned(text);
}

}  // namespace smime
