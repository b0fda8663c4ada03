#include "keystore/trust_files.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "keystore/descriptor.hpp"
#include "keystore/key_file_error.hpp"
#include "keystore/limits.hpp"
#include "keystore/pem.hpp"

namespace keystore {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void refuse(const fs::path& path, const std::string& text) {
    throw KeyFileError{path.string() + ": " + text};
}

int open_file(const fs::path& path) {
    // Not to wait for the writer of a pipe.
    const int descriptor = open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    if (descriptor < 0)
        refuse(path, std::string{"it can't be read: "} + std::strerror(errno) +
                         (errno == ENOENT ? "; create it, or name another"
                                          : "; check its owner and mode"));
    return descriptor;
}

struct stat status_of(const Descriptor& descriptor, const fs::path& path) {
    struct stat status {};
    if (fstat(descriptor.number(), &status) != 0)
        refuse(path, std::string{"it can't be looked at: "} + std::strerror(errno));
    if (status.st_uid != geteuid() && status.st_uid != 0)
        refuse(path, "it belongs to another user, who could have anybody believed; make a copy");
    if ((status.st_mode & (S_IWGRP | S_IWOTH)) != 0)
        refuse(path, "others may write it, and have anybody believed: chmod go-w");
    return status;
}

Bytes read_all(const Descriptor& descriptor, const fs::path& path) {
    Bytes octets;
    while (octets.size() <= limits::trust_file) {
        constexpr std::size_t piece = 64 * 1024;
        const auto have = octets.size();
        octets.resize(have + piece);
        const ssize_t count = read(descriptor.number(), octets.data() + have, piece);
        if (count < 0 && errno != EINTR)
            refuse(path, std::string{"it can't be read: "} + std::strerror(errno));
        octets.resize(have + static_cast<std::size_t>(std::max<ssize_t>(count, 0)));
        if (count == 0) return octets;
    }
    refuse(path, "it is too large for certificates or CRLs");
}

/// Adds what some DER is.
void add_der(TrustFile& file, Bytes der) {
    if (auto certificate = Certificate::parse(der)) {
        file.certificates.push_back(std::move(*certificate));
    } else if (auto list = CertificateList::parse(std::move(der))) {
        file.certificate_lists.push_back(std::move(*list));
    } else {
        file.problems.emplace_back(
            "it holds neither certificate nor CRL that can be read; take it out");
    }
}

TrustFile read_file(const fs::path& path, const Descriptor& descriptor) {
    auto octets = read_all(descriptor, path);
    try {
        return TrustFile::parse(path, std::move(octets));
    } catch (const KeyFileError& error) {
        refuse(path, error.what());
    }
}

/// The files of a folder that are not hidden, by name.
std::vector<fs::path> files_of(const fs::path& folder) {
    std::vector<fs::path> files;
    std::error_code error;
    for (fs::directory_iterator entry{folder, error}, end; !error && entry != end;
         entry.increment(error)) {
        if (!entry->path().filename().string().starts_with('.')) files.push_back(entry->path());
    }
    if (error) refuse(folder, "it can't be read: " + error.message());
    if (files.size() > limits::key_files) refuse(folder, "there are too many files in it");
    std::sort(files.begin(), files.end());
    return files;
}

}  // namespace

TrustFile TrustFile::parse(fs::path path, Bytes octets) {
    TrustFile file;
    file.path = std::move(path);
    const std::string_view text{reinterpret_cast<const char*>(octets.data()), octets.size()};
    if (text.find("-----BEGIN ") == std::string_view::npos) {
        add_der(file, std::move(octets));
        return file;
    }
    for (const PemBlock& block : read_pem(text)) {
        const auto der = std::as_const(block.octets).expose();
        if (block.label == "X509 CRL" || block.label == "CERTIFICATE" ||
            block.label == "X509 CERTIFICATE")
            add_der(file, {der.begin(), der.end()});
    }
    if (file.certificates.empty() && file.certificate_lists.empty() && file.problems.empty())
        file.problems.emplace_back("it holds neither certificate nor CRL; take it out");
    return file;
}

void TrustFiles::add(const fs::path& file_or_folder) {
    const Descriptor descriptor{open_file(file_or_folder)};
    const auto status = status_of(descriptor, file_or_folder);
    if (S_ISREG(status.st_mode)) {
        auto file = read_file(file_or_folder, descriptor);
        count(file);
        files.push_back(std::move(file));
        return;
    }
    if (!S_ISDIR(status.st_mode)) refuse(file_or_folder, "it is neither file nor folder");
    for (const auto& path : files_of(file_or_folder)) {
        TrustFile file;
        try {
            const Descriptor opened{open_file(path)};
            if (!S_ISREG(status_of(opened, path).st_mode)) continue;
            file = read_file(path, opened);
        } catch (const KeyFileError& error) {
            file.path = path;
            file.problems.emplace_back(std::string{error.what()}.substr(path.string().size() + 2) +
                                       "; it is left out");
        }
        count(file);
        files.push_back(std::move(file));
    }
}

void TrustFiles::count(const TrustFile& file) {
    certificates_ += file.certificates.size();
    if (certificates_ > limits::trust_certificates)
        refuse(file.path, "there are too many certificates");
}

}  // namespace keystore
