#include "smime/compressed_data.hpp"

#include <zlib.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <new>

#include "smime/algorithms.hpp"
#include "smime/limits.hpp"

namespace smime {

namespace {

using keystore::SecretBytes;

/// zlib counts in 32 bits.
constexpr std::size_t largest_step = 1U << 30;

/// zlib's own memory holds plaintext: it is wiped as all plaintext is. A block begins with its
/// size, in the room that keeps what follows aligned.
constexpr std::size_t head = alignof(std::max_align_t);

voidpf allocate(voidpf, uInt items, uInt size) {
    const std::size_t whole = head + std::size_t{items} * size;
    auto* block = static_cast<std::uint8_t*>(std::malloc(whole));
    if (!block) return nullptr;
    std::memcpy(block, &whole, sizeof whole);
    return block + head;
}

void release(voidpf, voidpf octets) {
    auto* block = static_cast<std::uint8_t*>(octets) - head;
    std::size_t whole = 0;
    std::memcpy(&whole, block, sizeof whole);
    keystore::wipe(block, whole);
    std::free(block);
}

/// Inflation reads a zlib stream (RFC 1950), piece by piece.
class Inflation {
public:
    enum class Step { more, ended, malformed };

    explicit Inflation(BytesView octets) : rest_{octets} {
        stream_.zalloc = allocate;
        stream_.zfree = release;
        if (inflateInit(&stream_) != Z_OK) throw std::bad_alloc{};
    }
    ~Inflation() { inflateEnd(&stream_); }
    Inflation(const Inflation&) = delete;
    Inflation& operator=(const Inflation&) = delete;

    /// Fills out, which is not empty, as far as it goes; size is how far.
    Step fill(std::span<std::uint8_t> out, std::size_t& size) {
        size = 0;
        while (size < out.size()) {
            const std::size_t input = std::min(rest_.size(), largest_step);
            const std::size_t room = std::min(out.size() - size, largest_step);
            stream_.next_in = const_cast<Bytef*>(rest_.data());  // read only
            stream_.avail_in = static_cast<uInt>(input);
            stream_.next_out = out.data() + size;
            stream_.avail_out = static_cast<uInt>(room);
            const int status = inflate(&stream_, Z_NO_FLUSH);
            rest_ = rest_.subspan(input - stream_.avail_in);
            size += room - stream_.avail_out;
            if (status == Z_MEM_ERROR) throw std::bad_alloc{};
            if (status == Z_STREAM_END) return rest_.empty() ? Step::ended : Step::malformed;
            if (status != Z_OK) return Step::malformed;
        }
        return Step::more;
    }

private:
    z_stream stream_{};
    BytesView rest_;
};

/// The size of what a stream holds, at most largest.
Result<std::size_t> inflated_size(BytesView octets, std::size_t largest) {
    constexpr std::size_t window = 64 * 1024;
    SecretBytes passing{window};
    Inflation inflation{octets};
    std::size_t size = 0;
    while (true) {
        std::size_t step = 0;
        const auto result = inflation.fill(passing.expose(), step);
        size += step;
        if (size > largest) return Error::too_complex;
        if (result == Inflation::Step::malformed) return Error::malformed;
        if (result == Inflation::Step::ended) return size;
    }
}

///     CompressedData ::= SEQUENCE { version CMSVersion, compressionAlgorithm, encapContentInfo }
Result<keystore::der::Element> read_compressed(const keystore::der::Element& content) {
    namespace der = keystore::der;
    der::Reader in = der::Reader::inside(content, der::Limits::ber());
    if (!in.small_integer()) return Error::malformed;
    const auto algorithm = AlgorithmIdentifier::read(in);
    if (!algorithm) return Error::malformed;
    auto encapsulated = in.enter(der::sequence);
    if (!encapsulated || !in.at_end()) return Error::malformed;
    const auto content_type = encapsulated->oid();
    if (!content_type) return Error::malformed;
    auto explicit_content = encapsulated->enter_context(0);
    if (!explicit_content) return Error::malformed;
    const auto e_content = explicit_content->next(der::octet_string);
    if (!e_content || !explicit_content->at_end() || !encapsulated->at_end())
        return Error::malformed;
    if (algorithm->algorithm != oid::zlib_compress) return Error::unsupported_algorithm;
    if (*content_type != oid::data) return Error::unsupported_content;
    return *e_content;
}

}  // namespace

Result<SecretBytes> open_compressed_data(const keystore::der::Element& content,
                                         std::span<std::uint8_t> buffer, std::size_t largest) {
    const auto e_content = read_compressed(content);
    if (!e_content) return e_content.error();
    const auto octets = join_in_place(*e_content, buffer);
    if (!octets) return Error::malformed;
    const auto size =
        inflated_size(*octets, std::min(largest, octets->size() * limits::compression_ratio));
    if (!size) return size.error();
    SecretBytes inflated{*size};
    Inflation inflation{*octets};
    std::size_t filled = 0;
    if (*size > 0) inflation.fill(inflated.expose(), filled);
    if (filled != *size) return Error::malformed;
    return inflated;
}

}  // namespace smime
