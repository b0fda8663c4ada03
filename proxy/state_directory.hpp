#pragma once

#include <filesystem>
#include <optional>

namespace proxy {

/// Where what must outlive the process is kept: $XDG_STATE_HOME/paperknife, or
/// ~/.local/state/paperknife. Nothing if there is no home directory.
std::optional<std::filesystem::path> state_directory();

/// Makes it for its owner alone, as far as that can be done.
void make_state_directory(const std::filesystem::path& directory);

}  // namespace proxy
