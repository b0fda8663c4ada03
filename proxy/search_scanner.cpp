#include "proxy/search_scanner.hpp"

#include "imap/letter_case.hpp"

namespace proxy {
namespace {

constexpr std::string_view key = "keyword";
constexpr std::string_view keyword = "$smime-";

/// What may stand before a string: space, a quote, a literal's announcement.
bool may_precede(char c) {
    return std::string_view{" \"\\{}~+0123456789\r\n"}.find(c) != std::string_view::npos;
}

}  // namespace

void SearchScanner::read(std::string_view octets) {
    for (const char c : octets) read(imap::lower_case(c));
}

void SearchScanner::read(char c) {
    if (in_value_) {
        if (value_ == 0 && may_precede(c)) return;
        if (c == keyword[value_]) {
            if (++value_ < keyword.size()) return;
            found_ = true;
        }
        in_value_ = false;
        value_ = 0;
    }
    if (c == key[key_]) {
        ++key_;
    } else {
        key_ = c == key.front() ? 1 : 0;
    }
    if (key_ < key.size()) return;
    key_ = 0;
    in_value_ = true;
}

}  // namespace proxy
