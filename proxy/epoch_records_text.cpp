// The text that EpochRecords are kept as:
//
//     paperknife epochs 1
//     CHECKSUM floor VALUE
//     CHECKSUM VIEWS SERVER PRESENTED ACCOUNT MAILBOX
//     …
//     CHECKSUM end COUNT

#include <algorithm>
#include <array>
#include <charconv>

#include "keystore/crypto.hpp"
#include "proxy/epoch_records.hpp"

namespace proxy {
namespace {

constexpr std::string_view heading = "paperknife epochs 1";
constexpr std::string_view digits = "0123456789abcdef";

std::string checksum(std::string_view line) {
    const auto* octets = reinterpret_cast<const std::uint8_t*>(line.data());
    const auto hash = keystore::hash(keystore::Digest::sha256, {octets, line.size()});
    std::string text;
    for (std::size_t i = 0; i < 4; ++i) {
        text += digits[hash[i] >> 4U];
        text += digits[hash[i] & 15U];
    }
    return text;
}

/// A name as one word of printable ASCII.
std::string escaped(std::string_view name) {
    std::string word;
    for (const char c : name) {
        const auto octet = static_cast<std::uint8_t>(c);
        if (octet > 0x20 && octet < 0x7f && c != '%') {
            word += c;
        } else {
            word += '%';
            word += digits[octet >> 4U];
            word += digits[octet & 15U];
        }
    }
    return word;
}

std::optional<std::string> unescaped(std::string_view word) {
    std::string name;
    while (!word.empty()) {
        if (word.front() != '%') {
            name += word.front();
            word.remove_prefix(1);
            continue;
        }
        if (word.size() < 3) return std::nullopt;
        const auto high = digits.find(word[1]), low = digits.find(word[2]);
        if (high == std::string_view::npos || low == std::string_view::npos) return std::nullopt;
        name += static_cast<char>(high * 16 + low);
        word.remove_prefix(3);
    }
    return name;
}

std::optional<std::uint32_t> read_number(std::string_view word) {
    std::uint32_t value = 0;
    const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value);
    if (error != std::errc{} || end != word.data() + word.size()) return std::nullopt;
    return value;
}

std::string line_of(const std::string& content) {
    return checksum(content) + ' ' + content + '\n';
}

std::string_view take_word(std::string_view& line) {
    const auto end = std::min(line.find(' '), line.size());
    const auto word = line.substr(0, end);
    line.remove_prefix(std::min(end + 1, line.size()));
    return word;
}

}  // namespace

std::string EpochRecords::text() const {
    std::string text = std::string{heading} + '\n';
    text += line_of("floor " + std::to_string(floor_.value()));
    std::size_t count = 0;
    for (const auto& [mailbox, epochs] : mailboxes_) {
        for (const auto& epoch : epochs) {
            text += line_of(epoch.views + ' ' + std::to_string(epoch.server.value()) + ' ' +
                            std::to_string(epoch.presented.value()) + ' ' +
                            escaped(mailbox.account) + ' ' + escaped(mailbox.name));
            ++count;
        }
    }
    return text + line_of("end " + std::to_string(count));
}

EpochRecords EpochRecords::read(std::string_view text, bool& intact) {
    EpochRecords records;
    intact = text.starts_with(heading);
    bool ended = false;
    std::size_t count = 0;
    while (!text.empty()) {
        const auto end = text.find('\n');
        auto line = text.substr(0, end);
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
        if (line == heading) continue;
        const auto sum = take_word(line);
        if (sum != checksum(line)) {
            intact = false;
            continue;
        }
        const auto first = take_word(line);
        const auto number = read_number(take_word(line));
        const auto value = number.value_or(0);
        if (first == "floor" && number) {
            records.floor_ = UidValidity{value};
        } else if (first == "end" && number) {
            ended = text.empty() && value == count;
        } else {
            const auto presented = read_number(take_word(line)).value_or(0);
            auto account = unescaped(take_word(line)), mailbox = unescaped(take_word(line));
            if (value == 0 || presented == 0 || !account || !mailbox) {
                intact = false;
                continue;
            }
            ++count;
            records.insert({std::move(*account), std::move(*mailbox)},
                           {UidValidity{value}, UidValidity{presented}, std::string{first}});
        }
    }
    intact = intact && ended;
    records.changed_ = false;
    return records;
}

}  // namespace proxy
