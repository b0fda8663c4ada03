#include "smime/arrival.hpp"

#include <algorithm>

#include "smime/date.hpp"
#include "smime/header.hpp"
#include "smime/limits.hpp"

namespace smime {

///     Time-stamp-line = "Received:" FWS Stamp <CRLF>
///     Stamp           = From-domain By-domain Opt-info [CFWS] ";" FWS date-time
std::optional<std::chrono::sys_seconds> arrival_time(std::string_view message,
                                                     std::chrono::sys_seconds now) {
    HeaderScanner fields{message.substr(0, limits::header_block)};
    while (const auto field = fields.next()) {
        if (!field->is("Received")) continue;
        const std::string value = unfolded(field->value);
        const auto semicolon = value.rfind(';');
        if (semicolon == std::string::npos) return std::nullopt;
        const auto date = read_date(std::string_view{value}.substr(semicolon + 1));
        if (!date) return std::nullopt;
        return std::min(*date, now);
    }
    return std::nullopt;
}

}  // namespace smime
