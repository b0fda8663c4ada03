#include "keystore/secret.hpp"

#include <sys/mman.h>

#include <cstring>

namespace keystore {

namespace {

constexpr std::size_t huge_page = 2 * 1024 * 1024;
constexpr std::size_t many = 2 * huge_page;

}  // namespace

void* allocate_octets(std::size_t size) {
    if (size < many) return ::operator new(size);
    void* const octets = ::operator new (size, std::align_val_t{huge_page});
    // Whole pages only, so that it takes no more memory. Where there are none, all is as before.
    (void)::madvise(octets, size / huge_page * huge_page, MADV_HUGEPAGE);
    return octets;
}

void free_octets(void* octets, std::size_t size) noexcept {
    if (size < many)
        ::operator delete(octets);
    else
        ::operator delete (octets, std::align_val_t{huge_page});
}

void wipe(void* octets, std::size_t size) noexcept {
    if (size == 0) return;
    std::memset(octets, 0, size);
    // The optimiser must believe that somebody reads these zeros.
    asm volatile("" : : "r"(octets) : "memory");
}

}  // namespace keystore
