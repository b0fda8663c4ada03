#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include "imap/framer.hpp"

// Octets per second through the framer, for FETCH responses as a server sends them: small literals
// by the thousand, and large ones, in reads of a socket's size. A literal's octets are never looked
// at: what large ones cost is the number of reads.

namespace {

std::string responses(std::size_t count, std::size_t literal) {
    std::string stream;
    for (std::size_t i = 1; i <= count; ++i) {
        stream += "* " + std::to_string(i) + " FETCH (UID " + std::to_string(i) + " BODY[] {" +
                  std::to_string(literal) + "}\r\n";
        stream.append(literal, 'x');
        stream += ")\r\n";
    }
    return stream;
}

/// Gives the octets of all frames, so that the work cannot be left out.
std::size_t run(std::string_view stream, std::size_t read_size) {
    imap::Framer framer{imap::Side::server};
    std::size_t octets = 0;
    while (!stream.empty()) {
        const auto piece = stream.substr(0, read_size);
        stream.remove_prefix(piece.size());
        framer.push(piece);
        while (const auto frame = framer.next()) octets += frame->octets.size();
    }
    return octets;
}

void measure(const char* name, const std::string& stream, std::size_t read_size) {
    using clock = std::chrono::steady_clock;
    double best = 0;
    for (int i = 0; i < 7; ++i) {
        const auto start = clock::now();
        const auto octets = run(stream, read_size);
        const std::chrono::duration<double> seconds = clock::now() - start;
        if (octets != stream.size()) std::abort();
        best = std::max(best, static_cast<double>(octets) / seconds.count());
    }
    std::printf("%-28s reads of %6zu octets: %9.2f GB/s\n", name, read_size, best / 1e9);
}

}  // namespace

int main() {
    const auto small = responses(10'000, 4096);
    const auto large = responses(50, 2'000'000);
    const std::string lines = [] {
        std::string text;
        for (int i = 1; i <= 200'000; ++i)
            text +=
                "* " + std::to_string(i) + " FETCH (UID " + std::to_string(i) + " FLAGS ())\r\n";
        return text;
    }();
    for (const std::size_t read_size :
         {std::size_t{16'384}, std::size_t{65'536}, std::size_t{262'144}}) {
        measure("10 000 literals of 4 kB", small, read_size);
        measure("50 literals of 2 MB", large, read_size);
        measure("200 000 lines", lines, read_size);
    }
}
