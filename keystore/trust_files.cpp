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
    if (descriptor < 0) refuse(path, std::string{"it can't be read: "} + std::strerror(errno));
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

class FileReader {
public:
    FileReader(TrustFiles& into, const fs::path& path) : into_{into}, path_{path} {}

    void read(Bytes octets) {
        const std::string_view text{reinterpret_cast<const char*>(octets.data()), octets.size()};
        if (text.find("-----BEGIN ") == std::string_view::npos) return add_der(std::move(octets));
        for (const PemBlock& block : read_pem(text)) {
            const auto der = std::as_const(block.octets).expose();
            if (block.label == "X509 CRL") {
                add_list({der.begin(), der.end()});
            } else if (block.label == "CERTIFICATE" || block.label == "X509 CERTIFICATE") {
                add_certificate({der.begin(), der.end()});
            }
        }
    }

private:
    void add_der(Bytes octets) {
        if (auto certificate = Certificate::parse(octets)) {
            into_.certificates.push_back(std::move(*certificate));
        } else {
            add_list(std::move(octets));
        }
    }

    void add_certificate(const Bytes& der) {
        if (into_.certificates.size() >= limits::trust_certificates)
            refuse(path_, "there are too many certificates");
        auto certificate = Certificate::parse(der);
        if (!certificate) return complain("a certificate in it can't be read, and is left out");
        into_.certificates.push_back(std::move(*certificate));
    }

    void add_list(Bytes der) {
        auto list = CertificateList::parse(std::move(der));
        if (!list) return complain("it holds neither certificate nor CRL that can be read");
        into_.certificate_lists.push_back(std::move(*list));
    }

    void complain(const std::string& text) {
        into_.problems.push_back(path_.string() + ": " + text);
    }

    TrustFiles& into_;
    const fs::path& path_;
};

void add_file(TrustFiles& into, const fs::path& path, const Descriptor& descriptor) {
    try {
        FileReader{into, path}.read(read_all(descriptor, path));
    } catch (const KeyFileError& error) {
        const std::string text = error.what();  // of PEM, without the place
        if (text.starts_with(path.string())) throw;
        refuse(path, text);
    }
}

}  // namespace

void TrustFiles::add(const fs::path& file_or_folder) {
    const Descriptor descriptor{open_file(file_or_folder)};
    const auto status = status_of(descriptor, file_or_folder);
    if (S_ISREG(status.st_mode)) return add_file(*this, file_or_folder, descriptor);
    if (!S_ISDIR(status.st_mode)) refuse(file_or_folder, "it is neither file nor folder");
    std::vector<fs::path> files;
    std::error_code error;
    for (fs::directory_iterator entry{file_or_folder, error}, end; !error && entry != end;
         entry.increment(error)) {
        if (!entry->path().filename().string().starts_with('.')) files.push_back(entry->path());
    }
    if (error) refuse(file_or_folder, "it can't be read: " + error.message());
    if (files.size() > limits::key_files) refuse(file_or_folder, "there are too many files in it");
    std::sort(files.begin(), files.end());
    for (const auto& file : files) {
        const Descriptor opened{open_file(file)};
        if (S_ISREG(status_of(opened, file).st_mode)) add_file(*this, file, opened);
    }
}

}  // namespace keystore
