#include "smime/date.hpp"

#include <array>

#include "smime/header.hpp"

namespace smime {

namespace {

using namespace std::chrono;

constexpr std::array<std::string_view, 12> months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                  "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
struct Zone {
    std::string_view name;
    int hours;
};
constexpr std::array zones{Zone{"UT", 0},   Zone{"GMT", 0},  Zone{"UTC", 0},  Zone{"Z", 0},
                           Zone{"EST", -5}, Zone{"EDT", -4}, Zone{"CST", -6}, Zone{"CDT", -5},
                           Zone{"MST", -7}, Zone{"MDT", -6}, Zone{"PST", -8}, Zone{"PDT", -7}};

class DateReader {
public:
    explicit DateReader(std::string_view text) : text_{text} { skip_blanks(); }

    bool at_end() const { return text_.empty(); }

    bool take(char c) {
        if (!text_.starts_with(c)) return false;
        text_.remove_prefix(1);
        skip_blanks();
        return true;
    }

    std::string_view letters() {
        std::size_t size = 0;
        while (size < text_.size() && is_letter(text_[size])) ++size;
        const auto word = text_.substr(0, size);
        text_.remove_prefix(size);
        skip_blanks();
        return word;
    }

    /// A number of least to most digits; digits says how many they were.
    std::optional<int> number(std::size_t least, std::size_t most, std::size_t* digits = nullptr) {
        int value = 0;
        std::size_t size = 0;
        for (; size < text_.size() && text_[size] >= '0' && text_[size] <= '9'; ++size) {
            if (size == most) return std::nullopt;
            value = value * 10 + (text_[size] - '0');
        }
        if (size < least) return std::nullopt;
        if (digits) *digits = size;
        text_.remove_prefix(size);
        skip_blanks();
        return value;
    }

private:
    static bool is_letter(char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); }

    /// Blanks and comments, which may nest.
    void skip_blanks() {
        std::size_t depth = 0;
        while (!text_.empty()) {
            const char c = text_.front();
            if (depth > 0 && c == '\\' && text_.size() > 1) text_.remove_prefix(1);
            if (depth == 0 && c != '(' && c != ' ' && c != '\t' && c != '\r' && c != '\n') return;
            if (c == '(') ++depth;
            if (c == ')' && depth > 0) --depth;
            text_.remove_prefix(1);
        }
    }

    std::string_view text_;
};

std::optional<int> month_number(std::string_view name) {
    for (std::size_t i = 0; i < months.size(); ++i)
        if (same_name(months[i], name)) return static_cast<int>(i) + 1;
    return std::nullopt;
}

std::optional<minutes> read_zone(DateReader& in) {
    const bool minus = in.take('-');
    if (minus || in.take('+')) {
        const auto offset = in.number(4, 4);
        if (!offset || *offset % 100 > 59) return std::nullopt;
        const minutes size{*offset / 100 * 60 + *offset % 100};
        return minus ? -size : size;
    }
    const auto name = in.letters();
    for (const Zone& zone : zones)
        if (same_name(zone.name, name)) return hours{zone.hours};
    // Military zones were defined the wrong way round, and others mean nothing: no offset (4.3).
    if (name.empty()) return std::nullopt;
    return minutes{0};
}

}  // namespace

std::optional<sys_seconds> read_date(std::string_view value) {
    DateReader in{value};
    if (!in.letters().empty()) in.take(',');  // day of the week
    const auto day = in.number(1, 2);
    const auto month = month_number(in.letters());
    std::size_t digits = 0;
    auto year = in.number(2, 5, &digits);
    const auto hour = in.number(1, 2);
    if (!day || !month || !year || !hour || !in.take(':')) return std::nullopt;
    const auto minute = in.number(1, 2);
    const auto second = in.take(':') ? in.number(1, 2) : std::optional{0};
    if (!minute || !second || *hour > 23 || *minute > 59 || *second > 60) return std::nullopt;
    if (digits == 2) *year += *year < 50 ? 2000 : 1900;
    if (digits == 3) *year += 1900;
    const auto zone = read_zone(in);
    const year_month_day date{std::chrono::year{*year}, std::chrono::month{unsigned(*month)},
                              std::chrono::day{unsigned(*day)}};
    if (!zone || !date.ok() || !in.at_end()) return std::nullopt;
    return sys_days{date} + hours{*hour} + minutes{*minute} + seconds{*second} - *zone;
}

}  // namespace smime
