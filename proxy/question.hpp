#pragma once

#include <string>

namespace proxy {

/// Asks at the process's terminal, whatever standard input is. True if the answer is "yes". Throws
/// std::runtime_error that ends with otherwise if there is no terminal.
bool is_answered_yes(const std::string& question, const std::string& otherwise);

}  // namespace proxy
