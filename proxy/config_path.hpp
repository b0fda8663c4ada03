#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace proxy {

/// A path of the configuration, made absolute: "~/" is the home directory, a relative one is
/// base's. Nothing if it is empty, or begins with "~" otherwise.
std::optional<std::filesystem::path> expand_path(std::string_view text,
                                                 const std::filesystem::path& base);

/// The home directory: $HOME, else that of the user data base. Nothing if there is none.
std::optional<std::filesystem::path> home_directory();

/// Why a file can't be read as one (a directory, if that is wanted), and what to do. Empty if it
/// can.
std::string problem_with_file(const std::filesystem::path& file);
std::string problem_with_directory(const std::filesystem::path& directory);

}  // namespace proxy
