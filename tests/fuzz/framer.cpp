#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "imap/framer.hpp"

using imap::Frame;
using imap::Framer;
using imap::Side;

namespace {

/// What was found in a stream, but for where pieces were cut.
struct Found {
    std::string octets;
    std::vector<std::size_t> message_ends;
    std::vector<std::size_t> literal_ends;
    std::vector<std::uint64_t> announced;
    std::size_t octets_in_lines = 0;
    std::size_t octets_in_pieces = 0;

    bool operator==(const Found&) const = default;
};

/// Cuts the input into pieces whose sizes the control octets say: all of it at once if none.
Found frames(Side side, std::size_t limit, std::string_view input, std::string_view control) {
    Framer framer{side, limit};
    Found found;
    bool starts_message = true;
    std::size_t turn = 0;
    while (!input.empty()) {
        std::size_t size = input.size();
        if (!control.empty())
            size = 1 + static_cast<unsigned char>(control[turn++ % control.size()]) % 31;
        const std::string piece{input.substr(0, size)};
        input.remove_prefix(piece.size());
        framer.push(piece);
        while (const auto frame = framer.next()) {
            found.octets += frame->octets;
            if (frame->starts_message != starts_message) std::abort();
            starts_message = frame->ends_message;
            if (frame->ends_message) found.message_ends.push_back(found.octets.size());
            if (frame->announces) found.announced.push_back(frame->announces->octets);
            if (frame->ends_literal) found.literal_ends.push_back(found.octets.size());
            if (frame->kind == Frame::Kind::line) {
                if (frame->octets.size() > limit || !frame->octets.ends_with('\n')) std::abort();
                found.octets_in_lines += frame->octets.size();
            }
            if (frame->kind == Frame::Kind::line_piece)
                found.octets_in_pieces += frame->octets.size();
        }
    }
    return found;
}

}  // namespace

/// The frames joined are the input, all but a line's beginning that waits for its end; and what
/// they say does not depend on how the octets came.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 4) return 0;
    const std::string_view octets{reinterpret_cast<const char*>(data), size};
    const auto side = data[0] % 2 ? Side::client : Side::server;
    const std::size_t limit = data[1] % 2 ? 8 + data[1] : imap::limits::line;
    const auto control = octets.substr(2, 2);
    const auto input = octets.substr(4);

    const auto whole = frames(side, limit, input, {});
    if (!input.starts_with(whole.octets) || input.size() - whole.octets.size() >= limit)
        std::abort();
    if (frames(side, limit, input, control) != whole) std::abort();
    if (frames(side, limit, input, std::string_view{"\0", 1}) != whole) std::abort();
    return 0;
}
