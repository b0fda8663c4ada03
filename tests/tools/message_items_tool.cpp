// What MessageItems answers for a message, for tests in other languages.
//
//     message_items_tool FILE ITEM…       prints each answer and a line end
//     message_items_tool                  answers requests on standard input until it ends
//
// A request is the message's size and LF, the message, a line for each item, an empty line. For
// each item the answer's size and LF come back, and the answer.

#include <fstream>
#include <iostream>
#include <iterator>
#include <stdexcept>

#include "proxy/message_items.hpp"
#include "tests/plain_view.hpp"

namespace {

std::string answer(const proxy::MessageItems& items, const std::string& item) {
    imap::Cursor in{item};
    const auto name = imap::read_message_data_item_name(in);
    if (!name || !in.rest().empty()) throw std::runtime_error{"not an item: " + item};
    imap::Writer out;
    items.write(out, *name);
    return out.take();
}

void answer_requests() {
    std::string line;
    while (std::getline(std::cin, line)) {
        std::string message(std::stoul(line), '\0');
        std::cin.read(message.data(), static_cast<std::streamsize>(message.size()));
        const proxy::MessageItems items{plain_view(message)};
        while (std::getline(std::cin, line) && !line.empty()) {
            const auto octets = answer(items, line);
            std::cout << octets.size() << '\n' << octets;
        }
        std::cout.flush();
    }
}

}  // namespace

int main(int count, char** arguments) try {
    std::ios::sync_with_stdio(false);
    if (count == 1) {
        answer_requests();
        return 0;
    }
    std::ifstream file{arguments[1], std::ios::binary};
    if (!file) throw std::runtime_error{std::string{"can't read "} + arguments[1]};
    const std::string message{std::istreambuf_iterator<char>{file}, {}};
    const proxy::MessageItems items{plain_view(message)};
    for (int i = 2; i < count; ++i) std::cout << answer(items, arguments[i]) << '\n';
    return 0;
} catch (const std::exception& error) {
    std::cerr << "message_items_tool: " << error.what() << '\n';
    return 1;
}
