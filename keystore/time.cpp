#include "keystore/time.hpp"

#include <string_view>

namespace keystore {
namespace {

/// Takes count digits off the front; -1 if there are not as many.
int take_digits(std::string_view& text, std::size_t count) {
    if (text.size() < count) return -1;
    int value = 0;
    for (std::size_t i = 0; i < count; ++i) {
        if (text[i] < '0' || text[i] > '9') return -1;
        value = value * 10 + (text[i] - '0');
    }
    text.remove_prefix(count);
    return value;
}

/// "Z", or "+hhmm" and "-hhmm": what local time is ahead of UTC.
std::optional<std::chrono::minutes> offset(std::string_view text) {
    if (text == "Z") return std::chrono::minutes{0};
    if (text.size() != 5 || (text[0] != '+' && text[0] != '-')) return std::nullopt;
    const int sign = text[0] == '+' ? 1 : -1;
    text.remove_prefix(1);
    const int hours = take_digits(text, 2), minutes = take_digits(text, 2);
    if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59) return std::nullopt;
    return std::chrono::minutes{sign * (hours * 60 + minutes)};
}

std::optional<std::chrono::sys_seconds> time_of(std::string_view text, bool two_digit_year) {
    using namespace std::chrono;
    int year_number = take_digits(text, two_digit_year ? 2 : 4);
    if (two_digit_year && year_number >= 0) year_number += year_number >= 50 ? 1900 : 2000;
    const int month_number = take_digits(text, 2), day_number = take_digits(text, 2);
    const int hour = take_digits(text, 2), minute = take_digits(text, 2);
    int second = 0;
    if (!text.empty() && text[0] >= '0' && text[0] <= '9') second = take_digits(text, 2);
    const auto ahead = offset(text);
    if (year_number < 0 || month_number < 0 || day_number < 0 || hour < 0 || hour > 23 ||
        minute < 0 || minute > 59 || second < 0 || second > 59 || !ahead)
        return std::nullopt;
    const year_month_day date{year{year_number}, month{static_cast<unsigned>(month_number)},
                              day{static_cast<unsigned>(day_number)}};
    if (!date.ok()) return std::nullopt;
    return sys_days{date} + hours{hour} + minutes{minute} + seconds{second} - *ahead;
}

}  // namespace

std::optional<std::chrono::sys_seconds> read_time(der::Reader& in) {
    const auto tag = in.peek();
    const bool utc = tag == der::utc_time;
    if (!utc && tag != der::generalized_time) return std::nullopt;
    const auto element = in.next();
    if (!element) return std::nullopt;
    const BytesView octets = element->content;
    return time_of({reinterpret_cast<const char*>(octets.data()), octets.size()}, utc);
}

}  // namespace keystore
