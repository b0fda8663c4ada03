#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// Collections of real traffic that stand beside the source tree, not in it: a test that needs one
/// says so and passes where there is none.
namespace tests {

/// A folder below $PAPERKNIFE_SHARED, or below ../shared beside the source. Prints a line if it is
/// not there.
inline std::optional<std::filesystem::path> shared_folder(const std::string& name) {
    const char* shared = std::getenv("PAPERKNIFE_SHARED");
    const char* source = std::getenv("PAPERKNIFE_SOURCE");
    const std::filesystem::path root =
        shared ? shared : std::filesystem::path{source ? source : "."} / "../shared";
    if (std::filesystem::is_directory(root / name)) return root / name;
    std::cout << "skipped: no " << name << " in $PAPERKNIFE_SHARED or ../shared\n";
    return std::nullopt;
}

inline std::vector<std::filesystem::path> files_of(const std::filesystem::path& folder) {
    std::vector<std::filesystem::path> files;
    for (const auto& entry : std::filesystem::directory_iterator(folder))
        if (entry.is_regular_file()) files.push_back(entry.path());
    return files;
}

inline std::string octets_of(const std::filesystem::path& file) {
    std::ifstream in{file, std::ios::binary};
    return {std::istreambuf_iterator<char>{in}, {}};
}

inline std::vector<std::string> lines_of(const std::filesystem::path& file) {
    std::ifstream in{file, std::ios::binary};
    std::vector<std::string> lines;
    for (std::string line; std::getline(in, line);) lines.push_back(line);
    return lines;
}

/// The values of a JSON text's string members of this name, in order.
inline std::vector<std::string> json_strings(std::string_view json, const std::string& name) {
    const std::string key = '"' + name + "\": \"";
    std::vector<std::string> values;
    for (auto at = json.find(key); at != std::string_view::npos; at = json.find(key, at)) {
        at += key.size();
        std::string& value = values.emplace_back();
        for (; json.at(at) != '"'; ++at) {
            if (json[at] != '\\') {
                value += json[at];
                continue;
            }
            const char escaped = json.at(++at);
            value += escaped == 'n'   ? '\n'
                     : escaped == 'r' ? '\r'
                     : escaped == 't' ? '\t'
                                      : escaped;
        }
    }
    return values;
}

}  // namespace tests
