#include "smime/json.hpp"

#include "smime/utf8.hpp"

namespace smime {

namespace {

bool is_harmless(std::uint32_t character) {
    return character >= 0x20 && character != '"' && character != '\\' &&
           !(character >= 0x7f && character < 0xa0) &&       // DEL and C1 controls
           !(character >= 0x200b && character <= 0x200f) &&  // marks without width
           !(character >= 0x2028 && character <= 0x202e) &&  // line ends, embeddings, overrides
           !(character >= 0x2066 && character <= 0x2069) &&  // isolates
           character != 0x061c && character != 0xfeff;
}

}  // namespace

void JsonWriter::begin_object(std::string_view name) {
    write_name(name);
    out_ += '{';
}

void JsonWriter::end_object() {
    out_ += '}';
}

void JsonWriter::begin_array(std::string_view name) {
    write_name(name);
    out_ += '[';
}

void JsonWriter::end_array() {
    out_ += ']';
}

void JsonWriter::member(std::string_view name, std::string_view value) {
    write_name(name);
    write_string(value);
}

void JsonWriter::member(std::string_view name, bool value) {
    write_name(name);
    out_ += value ? "true" : "false";
}

void JsonWriter::separate() {
    if (!out_.empty() && out_.back() != '{' && out_.back() != '[') out_ += ", ";
}

void JsonWriter::write_name(std::string_view name) {
    separate();
    if (name.empty()) return;
    write_string(name);
    out_ += ": ";
}

void JsonWriter::write_string(std::string_view text) {
    constexpr std::string_view digits = "0123456789abcdef";
    out_ += '"';
    while (!text.empty()) {
        const std::string_view before = text;
        const std::uint32_t character = take_utf8_character(text);
        if (character == '"' || character == '\\') {
            out_ += '\\';
            out_ += static_cast<char>(character);
        } else if (character == replacement_character) {
            out_ += "\xef\xbf\xbd";
        } else if (is_harmless(character)) {
            out_ += before.substr(0, before.size() - text.size());
        } else {
            out_ += "\\u";
            for (int shift = 12; shift >= 0; shift -= 4) out_ += digits[character >> shift & 15];
        }
    }
    out_ += '"';
}

}  // namespace smime
