#pragma once

#include <filesystem>
#include <string>

#include "proxy/epoch_records.hpp"

namespace proxy {

/// EpochFile keeps EpochRecords in a directory, for all processes of a user. The file is only ever
/// replaced as a whole, by one that has reached the disk, under a lock, and there is a copy of it.
/// So it survives being killed at any moment, a full disk, and the loss or damage of either.
class EpochFile {
public:
    explicit EpochFile(std::filesystem::path directory);

    /// What was kept. If both file and copy are damaged, what is left is in doubt
    /// (EpochRecords::doubt). Either is told in problem.
    EpochRecords load(std::uint32_t now, std::string& problem) const;
    /// Takes what others have kept into records, and keeps them. Gives what went wrong, or nothing:
    /// then they are kept.
    std::string save(EpochRecords& records, std::uint32_t now) const;

    const std::filesystem::path& path() const { return file_; }

private:
    std::filesystem::path directory_, file_, copy_, lock_;
};

}  // namespace proxy
