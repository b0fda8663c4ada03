#include "keystore/certificate.hpp"

#include <cstdlib>

#include "keystore/limits.hpp"

using namespace keystore;

namespace {

/// True if text can stand in a line of a log.
bool is_one_line(const std::string& text) {
    for (const char c : text)
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) return false;
    return true;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* octets, std::size_t size) {
    const auto certificate = Certificate::parse({octets, size});
    if (!certificate) return 0;
    if (!is_one_line(certificate->issuer_text) || !is_one_line(certificate->subject_text) ||
        certificate->subject_text.size() > limits::name_text + 2048 ||
        certificate->issuer_and_serial_number.serial_number.empty() ||
        !certificate->is_named_by(certificate->issuer_and_serial_number))
        std::abort();
    if (certificate->subject_key_identifier &&
        !certificate->is_named_by(*certificate->subject_key_identifier))
        std::abort();
    return 0;
}
