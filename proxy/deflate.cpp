#include "proxy/deflate.hpp"

#include <zlib.h>

#include <array>
#include <new>

#include "proxy/protocol_error.hpp"

namespace proxy {
namespace {

// Without zlib's header and checksum (RFC 4978, 4). Compressing, 100 kB for a connection instead of
// 270; decompressing, whatever window the other side has chosen.
constexpr int deflate_window = -13, deflate_memory = 7, inflate_window = -15;

}  // namespace

Deflater::Deflater() : stream_{std::make_unique<z_stream>()} {
    if (deflateInit2(stream_.get(), Z_BEST_SPEED, Z_DEFLATED, deflate_window, deflate_memory,
                     Z_DEFAULT_STRATEGY) != Z_OK) {
        throw std::bad_alloc{};
    }
}

Deflater::~Deflater() {
    deflateEnd(stream_.get());
}

std::string Deflater::compress(std::string_view octets, bool flush) {
    std::array<char, 16 * 1024> buffer;
    std::string compressed;
    stream_->next_in = reinterpret_cast<Bytef*>(const_cast<char*>(octets.data()));
    stream_->avail_in = static_cast<uInt>(octets.size());
    do {
        stream_->next_out = reinterpret_cast<Bytef*>(buffer.data());
        stream_->avail_out = static_cast<uInt>(buffer.size());
        deflate(stream_.get(), flush ? Z_SYNC_FLUSH : Z_NO_FLUSH);
        compressed.append(buffer.data(), buffer.size() - stream_->avail_out);
    } while (stream_->avail_out == 0);
    return compressed;
}

Inflater::Inflater() : stream_{std::make_unique<z_stream>()} {
    if (inflateInit2(stream_.get(), inflate_window) != Z_OK) throw std::bad_alloc{};
}

Inflater::~Inflater() {
    inflateEnd(stream_.get());
}

void Inflater::push(std::string_view compressed) {
    if (ended_) return;
    input_.erase(0, used_);
    used_ = 0;
    input_ += compressed;
}

std::size_t Inflater::read(std::span<char> buffer) {
    if (ended_) return 0;
    stream_->next_in = reinterpret_cast<Bytef*>(input_.data() + used_);
    stream_->avail_in = static_cast<uInt>(input_.size() - used_);
    stream_->next_out = reinterpret_cast<Bytef*>(buffer.data());
    stream_->avail_out = static_cast<uInt>(buffer.size());
    const int result = inflate(stream_.get(), Z_SYNC_FLUSH);
    used_ = input_.size() - stream_->avail_in;
    if (used_ == input_.size()) {
        input_ = std::string{};  // an idle connection keeps none
        used_ = 0;
    }
    if (result == Z_STREAM_END) ended_ = true;
    // Z_BUF_ERROR: there was nothing to do.
    if (result != Z_OK && result != Z_STREAM_END && result != Z_BUF_ERROR) {
        throw ProtocolError{"compressed octets came that are no DEFLATE"};
    }
    return buffer.size() - stream_->avail_out;
}

}  // namespace proxy
