#include "proxy/command_at.hpp"

namespace proxy {
namespace {

using namespace std::chrono;

/// Takes exactly count digits from the head of text.
std::optional<int> take_number(std::string_view& text, std::size_t count) {
    if (text.size() < count) return std::nullopt;
    int number = 0;
    for (const char octet : text.substr(0, count)) {
        if (octet < '0' || octet > '9') return std::nullopt;
        number = 10 * number + (octet - '0');
    }
    text.remove_prefix(count);
    return number;
}

bool take(std::string_view& text, std::string_view choices) {
    if (text.empty() || choices.find(text.front()) == choices.npos) return false;
    text.remove_prefix(1);
    return true;
}

/// full-date = 4DIGIT "-" 2DIGIT "-" 2DIGIT
std::optional<sys_days> take_date(std::string_view& text) {
    const auto year_number = take_number(text, 4);
    if (!year_number || !take(text, "-")) return std::nullopt;
    const auto month_number = take_number(text, 2);
    if (!month_number || !take(text, "-")) return std::nullopt;
    const auto day_number = take_number(text, 2);
    if (!day_number) return std::nullopt;
    const year_month_day date{year{*year_number}, month{static_cast<unsigned>(*month_number)},
                              day{static_cast<unsigned>(*day_number)}};
    if (!date.ok()) return std::nullopt;
    return sys_days{date};
}

/// 2DIGIT ":" 2DIGIT, of a day
std::optional<minutes> take_hours_and_minutes(std::string_view& text) {
    const auto hour = take_number(text, 2);
    if (!hour || *hour > 23 || !take(text, ":")) return std::nullopt;
    const auto minute = take_number(text, 2);
    if (!minute || *minute > 59) return std::nullopt;
    return hours{*hour} + minutes{*minute};
}

/// partial-time; the second 60 is a leap second's.
std::optional<seconds> take_time(std::string_view& text) {
    const auto minutes_of_day = take_hours_and_minutes(text);
    if (!minutes_of_day || !take(text, ":")) return std::nullopt;
    const auto second = take_number(text, 2);
    if (!second || *second > 60) return std::nullopt;
    if (take(text, ".")) {
        if (!take(text, "0123456789")) return std::nullopt;
        while (take(text, "0123456789")) continue;
    }
    return *minutes_of_day + seconds{*second};
}

/// time-offset = "Z" / ( "+" / "-" ) time-hour ":" time-minute
std::optional<minutes> take_offset(std::string_view& text) {
    if (take(text, "Zz")) return minutes{0};
    const bool negative = text.starts_with('-');
    if (!take(text, "+-")) return std::nullopt;
    const auto offset = take_hours_and_minutes(text);
    if (!offset) return std::nullopt;
    return negative ? -*offset : *offset;
}

}  // namespace

std::optional<sys_seconds> parse_time(std::string_view text) {
    const auto date = take_date(text);
    if (!date) return std::nullopt;
    if (text.empty()) return *date;
    if (!take(text, "Tt ")) return std::nullopt;
    const auto time = take_time(text);
    if (!time) return std::nullopt;
    const auto offset = take_offset(text);
    if (!offset || !text.empty()) return std::nullopt;
    return *date + *time - *offset;
}

}  // namespace proxy
