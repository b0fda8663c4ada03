#pragma once

#include <string>
#include <string_view>
#include <utility>

namespace smime {

/// JsonWriter writes one JSON text (RFC 8259) on one line. What it writes is valid UTF-8 whatever
/// it is given, and harmless on a terminal: controls, and the characters that turn the direction of
/// text, are escaped; what is no UTF-8 becomes U+FFFD.
class JsonWriter {
public:
    void begin_object(std::string_view name = {});
    void end_object();
    void begin_array(std::string_view name = {});
    void end_array();
    void member(std::string_view name, std::string_view value);
    void member(std::string_view name, bool value);

    std::string take() { return std::move(out_); }

private:
    void separate();
    void write_name(std::string_view name);
    void write_string(std::string_view text);

    std::string out_;
};

}  // namespace smime
