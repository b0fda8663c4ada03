#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>

struct z_stream_s;

namespace proxy {

/// Deflater compresses what goes one way of a connection (RFC 4978: RFC 1951 without a header).
class Deflater {
public:
    Deflater();
    ~Deflater();
    Deflater(Deflater&&) = delete;

    /// The octets compressed; what is left of them within is given out with a later call, at the
    /// latest with one that flushes.
    std::string compress(std::string_view octets, bool flush);

private:
    std::unique_ptr<z_stream_s> stream_;
};

/// Inflater gives back what the other side compressed. It keeps what was pushed until it is read,
/// and makes no more of it at once than is asked for, whatever its ratio.
class Inflater {
public:
    Inflater();
    ~Inflater();
    Inflater(Inflater&&) = delete;

    void push(std::string_view compressed);
    /// Fills buffer as far as what was pushed goes; 0: push more. Throws ProtocolError if it is no
    /// DEFLATE.
    std::size_t read(std::span<char> buffer);
    /// True once the other side has ended its stream: nothing comes behind it.
    bool ended() const { return ended_; }

private:
    std::unique_ptr<z_stream_s> stream_;
    std::string input_;
    std::size_t used_ = 0;
    bool ended_ = false;
};

}  // namespace proxy
