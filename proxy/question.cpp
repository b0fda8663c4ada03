#include "proxy/question.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <stdexcept>

#include "proxy/descriptor.hpp"

namespace proxy {

bool is_answered_yes(const std::string& question, const std::string& otherwise) {
    const Descriptor terminal{::open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY)};
    if (!terminal) throw std::runtime_error("there is no terminal to ask at; " + otherwise);
    if (::write(terminal.number(), question.data(), question.size()) < 0)
        throw std::runtime_error("the terminal fails; " + otherwise);
    std::array<char, 256> answer{};
    const auto count = read_some(terminal.number(), answer.data(), answer.size());
    std::string word{answer.data(), count > 0 ? static_cast<std::size_t>(count) : 0};
    while (!word.empty() && (word.back() == '\n' || word.back() == '\r' || word.back() == ' '))
        word.pop_back();
    return word == "yes";
}

}  // namespace proxy
