#include <array>

#include "smime/open.hpp"
#include "tests/bench/welch.hpp"
#include "tests/smime/der_tree.hpp"
#include "tests/smime/samples.hpp"

// Does the clock tell, of messages that do not open, why they don't? All have the same length, and
// name the same key: a stranger who sends us messages and watches how long we take must not learn
// whether a padding was right (Bleichenbacher's oracle).

namespace {

using der_tree::Node;

Node& recipient(Node& message) {
    return message.children[1].children[0].children[1].children[0];
}

Node& encrypted_content(Node& message) {
    return message.children[1].children[0].children[2].children[2];
}

/// The message of a piece with another wrapped key.
std::string with_key(const std::string& piece, const std::string& wrapped) {
    Node tree = der_tree::parse(samples::part(piece));
    recipient(tree).children.back().content = samples::part(wrapped);
    return samples::message(der_tree::write(tree));
}

/// The message of a piece with other ciphertext.
std::string with_content_changed(const std::string& piece) {
    Node tree = der_tree::parse(samples::part(piece));
    encrypted_content(tree).content.back() ^= 0xff;
    return samples::message(der_tree::write(tree));
}

void compare(const std::string& what, const std::array<std::string, 2>& messages) {
    constexpr int count = 6000;
    std::string message = messages[0];
    welch::compare(
        what, count, [&](int kind) { message = messages[static_cast<std::size_t>(kind)]; },
        [&] {
            if (smime::open(message, samples::alice(), {}).view) std::cout << "opened\n";
        });
}

}  // namespace

int main() {
    const std::string bad = "wrapped-no-padding";
    for (const std::string piece : {"cbc.der", "gcm.der"}) {
        compare(piece + ", no padding twice", {with_key(piece, bad), with_key(piece, bad)});
        compare(piece + ", other key and no padding",
                {with_key(piece, "wrapped-other-key"), with_key(piece, bad)});
        compare(piece + ", short key and no padding",
                {with_key(piece, "wrapped-short-key"), with_key(piece, bad)});
        compare(piece + ", right key with wrong content and no padding",
                {with_content_changed(piece), with_key(piece, bad)});
    }
}
