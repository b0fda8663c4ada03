#pragma once

#include <string>

namespace proxy {

/// Name and version of the program, and of the library that does its cryptography (REL-09).
std::string version_text();

}  // namespace proxy
