#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "keystore/secret.hpp"

namespace proxy {

/// MessageFile is one message, read from a file or from standard input ("-").
class MessageFile {
public:
    /// Throws std::runtime_error if it can't be read.
    explicit MessageFile(const std::filesystem::path& file);

    /// As it was read.
    std::string_view text() const { return octets_.text(); }
    /// With the line ends of the network (RFC 5322, 2.1), if its first line ends as files' lines
    /// do. What else is in it stays: a message of the network keeps every octet.
    std::string_view of_network() const { return of_network_ ? *of_network_ : text(); }

private:
    /// A std::string would write zeros first, and 50 MB of them take their time.
    class Octets {
    public:
        explicit Octets(std::size_t capacity) : octets_{allocate(capacity)} {}
        std::string_view text() const { return {octets_.get(), size_}; }
        /// Room behind what was read: never none.
        char* end() {
            if (room() == 0) grow();
            return octets_.get() + size_;
        }
        std::size_t room() const { return octets_.get_deleter().capacity - size_; }
        void add(std::size_t count) { size_ += count; }

    private:
        struct Free {
            std::size_t capacity;
            void operator()(char* octets) const { keystore::free_octets(octets, capacity); }
        };
        using Memory = std::unique_ptr<char[], Free>;

        static Memory allocate(std::size_t capacity) {
            return {static_cast<char*>(keystore::allocate_octets(capacity)), Free{capacity}};
        }
        void grow();

        Memory octets_;
        std::size_t size_ = 0;
    };
    static Octets read(const std::filesystem::path& file);
    static Octets read_all(int descriptor, const std::string& name);

    Octets octets_;
    std::optional<std::string> of_network_;
};

}  // namespace proxy
