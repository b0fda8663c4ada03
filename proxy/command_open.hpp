#pragma once

#include <chrono>
#include <filesystem>
#include <optional>

#include "proxy/config.hpp"

namespace proxy {

/// What `paperknife open` was told.
struct OpenArguments {
    std::filesystem::path message = "-";          ///< "-": standard input
    std::optional<std::filesystem::path> report;  ///< where the report's JSON goes
    /// When the validity of certificates is judged; now if absent.
    std::optional<std::chrono::sys_seconds> at;
    /// It is judged as in a mailbox, when the message arrived. Who reads a file from anywhere can't
    /// know who wrote its Received field.
    bool at_arrival = false;
    bool summary = false;  ///< what was found goes to standard error too, for a person's eye
};

/// Opens one message as FETCH would (design, chapter 9): the view to standard output, or the
/// message as it came if it has none. Signatures are verified. Gives the exit status: 0 opened or
/// nothing to open, 1 could not be opened. Throws std::runtime_error if a file can't be read or
/// written.
int command_open(const Config& config, const OpenArguments& arguments);

}  // namespace proxy
